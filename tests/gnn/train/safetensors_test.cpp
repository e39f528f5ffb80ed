// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/train/safetensors.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <roadgnn/gnn/layers/conv.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::train {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string file_of(const std::string& header, std::size_t data_bytes = 0) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\1');
}

std::string complaint(const std::string& bytes) {
  try {
    parse_safetensors(bytes, "w.safetensors");
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  return "accepted";
}

std::string one_tensor(const std::string& fields) {
  return file_of("{\"a\":{" + fields + "}}", 8);
}

TEST(Safetensors, GivesBackWhatWasWrittenInEveryType) {
  Safetensors contents;
  for (const auto type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt,
                          at::kShort, at::kChar, at::kByte, at::kBool}) {
    contents.tensors[c10::toString(type)] = at::arange(6).view({2, 3}).to(type);
  }
  contents.tensors["scalar"] = at::tensor(7.0F).squeeze();
  contents.tensors["empty"] = at::empty({3, 0, 2});
  contents.tensors["strided"] = at::arange(6.0).view({2, 3}).t();
  contents.metadata = {{"model", "gcn \"1\"\n\u00fc"}};

  const Safetensors read = parse_safetensors(format_safetensors(contents), "w");

  EXPECT_EQ(read.metadata, contents.metadata);
  ASSERT_EQ(read.tensors.size(), contents.tensors.size());
  for (const auto& [name, tensor] : contents.tensors) {
    EXPECT_EQ(read.tensors.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(read.tensors.at(name).equal(tensor)) << name;
  }
}

TEST(Safetensors, LaysTensorsOutBySizeOfElementAndNameAfterAPaddedHeader) {
  const std::string header = R"({"a":{"data_offsets":[0,16],"dtype":"F64","shape":[2]},)"
                             R"("b":{"data_offsets":[16,20],"dtype":"F32","shape":[1]}})";
  const std::string bytes =
      format_safetensors({{{"b", at::zeros({1})}, {"a", at::zeros({2}, at::kDouble)}}, {}});

  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0U);
  std::string found = bytes.substr(8, length);
  found.erase(found.find_last_not_of(' ') + 1);
  EXPECT_EQ(found, header);
  EXPECT_EQ(bytes.size(), 8 + length + 20);
}

TEST(Safetensors, RefusesWhatIsNoSafetensorsFile) {
  EXPECT_EQ(complaint(""),
            "w.safetensors: expected 8 bytes of header length, found a file of 0 bytes");
  EXPECT_EQ(complaint(std::string(8, '\xff')),
            "w.safetensors: header length: expected at most 0, found 18446744073709551615");
  EXPECT_THAT(complaint(file_of("[1]")), HasSubstr("expected a JSON object"));
  EXPECT_THAT(complaint(file_of("{\"a\":")), HasSubstr("expected a JSON object"));
  EXPECT_THAT(complaint(file_of("")), HasSubstr("expected a JSON object"));
  EXPECT_THAT(complaint(file_of(std::string(100'000, '['))), HasSubstr("header"));
  EXPECT_EQ(complaint(file_of("{}")), "accepted");
}

TEST(Safetensors, NamesTheTensorThatIsWrong) {
  EXPECT_EQ(complaint(one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])")), "accepted");
  EXPECT_EQ(complaint(one_tensor(R"("dtype":"F7","shape":[2],"data_offsets":[0,8])")),
            "w.safetensors: tensor \"a\": dtype: expected one such as F32, found \"F7\"");
  EXPECT_THAT(complaint(one_tensor(R"("dtype":"F64","shape":[2],"data_offsets":[0,8])")),
              HasSubstr("expected the bytes of shape [2] in F64, found [0,8]"));
  EXPECT_THAT(complaint(one_tensor(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])")),
              HasSubstr("shape: expected a number of zero or more, found -2"));
  EXPECT_THAT(complaint(one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])")),
              HasSubstr("data_offsets"));
  EXPECT_THAT(complaint(one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8,9])")),
              HasSubstr("expected [begin, end]"));
  EXPECT_THAT(complaint(one_tensor(R"("dtype":"F32","shape":[2])")), HasSubstr("expected dtype"));
  EXPECT_THAT(complaint(one_tensor(
                  R"("dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,8])")),
              HasSubstr("data_offsets"));
  EXPECT_THAT(
      complaint(one_tensor(R"("dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8])")),
      HasSubstr("data_offsets"));
}

TEST(Safetensors, RefusesGapsOverlapsAndMissingOrSpareBytes) {
  const auto two = [](const std::string& a, const std::string& b, std::size_t bytes) {
    return complaint(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + a +
                                 R"(},"b":{"dtype":"F32","shape":[1],"data_offsets":)" + b + "}}",
                             bytes));
  };

  EXPECT_EQ(two("[0,8]", "[8,12]", 12), "accepted");
  EXPECT_EQ(two("[4,12]", "[0,4]", 12), "accepted");
  EXPECT_THAT(two("[0,8]", "[4,8]", 8),
              HasSubstr("tensor \"b\": data_offsets: expected to begin at 8 (no gap, no overlap), "
                        "found 4"));
  EXPECT_THAT(two("[0,8]", "[9,13]", 13), HasSubstr("no gap"));
  EXPECT_THAT(two("[0,8]", "[8,12]", 11), HasSubstr("expected 12 bytes of tensors"));
  EXPECT_THAT(two("[0,8]", "[8,12]", 13), HasSubstr("found 13"));
  EXPECT_THAT(complaint(file_of(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                                R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})")),
              HasSubstr("\"a\" twice"));
}

TEST(Safetensors, SurvivesEveryCutAndRandomDamage) {
  const std::string whole = format_safetensors(
      {{{"weight", at::ones({3, 4})}, {"bias", at::ones({3})}}, {{"format", "pt"}}});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(complaint(whole.substr(0, size)), "accepted") << size;
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    complaint(bytes);
  }
}

TEST(Safetensors, WritesWholeFilesAndSaysWhereItCannot) {
  const auto folder = std::filesystem::temp_directory_path() / "roadgnn_safetensors_test";
  std::filesystem::create_directories(folder);
  const auto path = folder / "w.safetensors";

  write_safetensors(path, {{{"a", at::ones({2})}}, {}});

  EXPECT_TRUE(read_safetensors(path).tensors.at("a").equal(at::ones({2})));
  EXPECT_FALSE(std::filesystem::exists(folder / "w.safetensors.part"));
  EXPECT_THROW(write_safetensors(folder / "none" / "w", {}), Error);
  EXPECT_THROW(read_safetensors(folder / "none"), InputError);
  EXPECT_THROW(read_safetensors(folder), InputError);
  EXPECT_THROW(format_safetensors({{{"a", at::ones({1}, at::kComplexDouble)}}, {}}), InputError);
  std::filesystem::remove_all(folder);
}

TEST(LoadInto, RestoresAModuleAndRefusesAnothersWeights) {
  using layers::SAGEConv;
  using layers::SAGEConvOptions;
  const SAGEConv from(SAGEConvOptions{.in_channels = 3, .out_channels = 2});
  SAGEConv to(SAGEConvOptions{.in_channels = 3, .out_channels = 2});
  const Safetensors weights = parse_safetensors(format_safetensors(state_of(*from)), "w");
  const auto refusal = [&](const Safetensors& other) -> std::string {
    try {
      load_into(*to, other, "w");
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };

  load_into(*to, weights, "w");
  for (const auto& [name, tensor] : state_of(*to).tensors)
    EXPECT_TRUE(tensor.equal(state_of(*from).tensors.at(name))) << name;
  EXPECT_TRUE(to->lin_l->weight.requires_grad());

  Safetensors missing = weights, spare = weights, wide = weights, narrow = weights;
  missing.tensors.erase("lin_l.bias");
  spare.tensors["att"] = at::ones({1});
  wide.tensors["lin_r.weight"] = at::ones({2, 4});
  narrow.tensors["lin_r.weight"] = at::ones({2, 3}, at::kHalf);
  const auto before = to->lin_l->weight.clone();
  EXPECT_EQ(refusal(missing),
            "w: tensor \"lin_l.bias\": expected Float [2], found none: weights of another model?");
  EXPECT_EQ(refusal(spare),
            "w: tensor \"att\": expected none of this name, found Float [1]: weights of another "
            "model?");
  EXPECT_EQ(refusal(wide), "w: tensor \"lin_r.weight\": expected Float [2, 3], found Float [2, 4]");
  EXPECT_THAT(refusal(narrow), HasSubstr("found Half [2, 3]"));
  EXPECT_TRUE(to->lin_l->weight.equal(before));
}

}  // namespace
}  // namespace roadgnn::gnn::train
