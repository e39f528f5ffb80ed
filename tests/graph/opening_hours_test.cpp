// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/opening_hours.h>

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace roadgnn::graph {
namespace {

constexpr int kMonday = 0, kTuesday = 1, kFriday = 4, kSaturday = 5, kSunday = 6;

Departure at(int weekday, int hour, int minute = 0) {
  return {weekday * 1440 + hour * 60 + minute, {}, {}};
}
Departure on(int month, int day, int weekday = kMonday, int hour = 12) {
  return {weekday * 1440 + hour * 60, month, day};
}
bool holds(const char* expression, const Departure& departure) {
  return evaluate_opening_hours(expression, departure) == Holds::yes;
}

TEST(OpeningHours, KnowWeekdaysAndHours) {
  EXPECT_TRUE(holds("Mo-Fr 07:00-09:00", at(kMonday, 7)));
  EXPECT_TRUE(holds("Mo-Fr 07:00-09:00", at(kFriday, 8, 59)));
  EXPECT_FALSE(holds("Mo-Fr 07:00-09:00", at(kFriday, 9)));
  EXPECT_FALSE(holds("Mo-Fr 07:00-09:00", at(kSaturday, 8)));
  EXPECT_TRUE(holds("Fr-Mo", at(kSunday, 3)));
  EXPECT_FALSE(holds("Fr-Mo", at(kTuesday, 3)));
  EXPECT_TRUE(holds("Mo,We,Su 10:00-11:00,16:00-18:30", at(kSunday, 18, 29)));
  EXPECT_TRUE(holds("(mo-fr 7:00-9:00)", at(kMonday, 8)));
}

TEST(OpeningHours, GoOnPastMidnight) {
  EXPECT_TRUE(holds("22:00-06:00", at(kMonday, 23)));
  EXPECT_TRUE(holds("22:00-06:00", at(kMonday, 5)));
  EXPECT_FALSE(holds("22:00-06:00", at(kMonday, 6)));
  EXPECT_TRUE(holds("Fr 22:00-06:00", at(kSaturday, 2)));
  EXPECT_FALSE(holds("Fr 22:00-06:00", at(kFriday, 2)));
  EXPECT_TRUE(holds("Su 22:00-30:00", at(kMonday, 5)));
  EXPECT_TRUE(holds("18:00+", at(kMonday, 23)));
}

TEST(OpeningHours, LetLaterRulesDecideForTheirDays) {
  EXPECT_TRUE(holds("Mo-Sa 08:00-18:00; Sa 10:00-12:00", at(kFriday, 9)));
  EXPECT_FALSE(holds("Mo-Sa 08:00-18:00; Sa 10:00-12:00", at(kSaturday, 9)));
  EXPECT_FALSE(holds("24/7; Su off", at(kSunday, 9)));
  EXPECT_FALSE(holds("08:00-18:00; 12:00-13:00 off", at(kMonday, 12)));
  EXPECT_TRUE(holds("08:00-18:00; 12:00-13:00 off", at(kMonday, 13)));
}

TEST(OpeningHours, AddRulesBehindACommaToThoseBefore) {
  EXPECT_TRUE(holds("Mo-Fr 07:00-09:00, Sa 10:00-12:00", at(kFriday, 8)));
  EXPECT_TRUE(holds("Mo-Fr 07:00-09:00, Sa 10:00-12:00", at(kSaturday, 11)));
  EXPECT_TRUE(holds("Mo-Fr 07:00-09:00, Fr 12:00-13:00", at(kFriday, 8)));
  EXPECT_FALSE(holds("Mo-Fr 07:00-09:00, Sa 10:00-12:00", at(kSunday, 11)));
}

TEST(OpeningHours, KnowMonthsAndDatesWhereTheDateIsKnown) {
  EXPECT_TRUE(holds("Nov-Mar", on(1, 15)));
  EXPECT_FALSE(holds("Nov-Mar", on(4, 1)));
  EXPECT_TRUE(holds("Dec 24-Jan 6", on(1, 6)));
  EXPECT_FALSE(holds("Dec 24-Jan 6", on(1, 7)));
  EXPECT_TRUE(holds("May 1", on(5, 1)));
  EXPECT_TRUE(holds("Jun-Aug Mo-Fr 08:00-18:00", on(7, 3)));
  EXPECT_TRUE(holds("Jun 1-15,Sep", on(9, 30)));
  EXPECT_TRUE(holds("May 1 22:00-06:00", on(5, 2, kMonday, 3)));
}

TEST(OpeningHours, AreUnknownWhereTheDateMattersAndIsNotKnown) {
  EXPECT_EQ(evaluate_opening_hours("Nov-Mar", at(kMonday, 8)), Holds::unknown);
  EXPECT_EQ(evaluate_opening_hours("Nov-Mar Mo 10:00-12:00", at(kMonday, 8)), Holds::no);
  EXPECT_EQ(evaluate_opening_hours("24/7; Nov-Mar off", at(kMonday, 8)), Holds::unknown);
  EXPECT_EQ(evaluate_opening_hours("Su[1] 10:00-12:00", at(kSunday, 11)), Holds::unknown);
}

TEST(OpeningHours, TakeHolidaysAsOtherDays) {
  EXPECT_FALSE(holds("PH", at(kMonday, 8)));
  EXPECT_TRUE(holds("Mo-Fr,PH", at(kMonday, 8)));
  EXPECT_TRUE(holds("Mo-Fr; PH off", at(kMonday, 8)));
  EXPECT_FALSE(holds("SH Mo-Fr 07:00-17:00", at(kMonday, 8)));
}

TEST(OpeningHours, NeverHoldWhereTheyCannotBeRead) {
  for (const char* expression : {"", "  ", "week 1-10", "Mo-", "Mo 25", "99:00-100:00", "Mo 08:00-",
                                 "\"open", "Su[1", "always", "2020 Jan", "08:00"}) {
    EXPECT_EQ(evaluate_opening_hours(expression, at(kMonday, 8)), Holds::no) << expression;
  }
}

TEST(OpeningHours, SurviveRandomTextAndAnswerItTheSameWayTwice) {
  std::mt19937 random(1);
  const std::string alphabet = "MoTuWeThFrSaSuPHJanFebDec0123456789:-,;+[]()|\"/ \t\xff";
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (unsigned i = random() % 30; i > 0; --i) text += alphabet[random() % alphabet.size()];

    const Holds first = evaluate_opening_hours(text, at(kMonday, 8));

    EXPECT_EQ(evaluate_opening_hours(text, at(kMonday, 8)), first) << text;
  }
}

}  // namespace
}  // namespace roadgnn::graph
