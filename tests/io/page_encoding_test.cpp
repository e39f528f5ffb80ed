// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/io/page/encoding.h>

#include <gtest/gtest.h>

namespace roadgnn::io::page {
namespace {

TEST(ByteWriter, WritesSevenBitsAByte) {
  ByteWriter out;

  out.unsigned_number(0);
  out.unsigned_number(127);
  out.unsigned_number(300);
  out.signed_number(-1);
  out.signed_number(64);

  EXPECT_EQ(out.bytes(), std::string("\x00\x7f\xac\x02\x01\x80\x01", 7));
}

TEST(ByteWriter, TakesTheShortWayBetweenLongitudes) {
  ByteWriter across, along;

  across.points(std::vector<PointE7>{{0, 1'799'999'990}, {0, -1'799'999'990}});
  along.points(std::vector<PointE7>{{0, 1'799'999'990}, {0, 1'800'000'010}});

  EXPECT_EQ(across.bytes(), along.bytes());
}

TEST(Base64, IsThatOfTheStandardsExamples) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xff\xff"), "////");
}

TEST(SafeInScript, LeavesNoTagAndNoLineSeparator) {
  EXPECT_EQ(safe_in_script("\"</script>&\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xA6\""),
            "\"\\u003c/script\\u003e\\u0026\\u2028\\u2029\xE2\x80\xA6\"");
}

TEST(EscapeHtml, WorksInTextAndInAttributes) {
  EXPECT_EQ(escape_html("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
}

}  // namespace
}  // namespace roadgnn::io::page
