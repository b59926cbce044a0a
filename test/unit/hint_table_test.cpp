// Hints may be missing or another key's, but of a key's own the last one is found.
#include "core/hint_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

namespace {

using pat_auth::core::HintTable;

// A table in memory of its own.
class HintTableTest : public testing::Test {
protected:
    HintTable make(std::uint32_t line_count)
    {
        memory.assign(HintTable::size_of(line_count) + line, '\xFF');
        void* start = memory.data();
        std::size_t space = memory.size();
        HintTable table(std::align(line, HintTable::size_of(line_count), start, space), line_count);
        table.empty();
        return table;
    }

    static constexpr std::size_t line = 64;
    std::vector<char> memory;
};

// Which line and tag a key of a table of few lines has.
std::uint64_t hash_of(std::uint64_t line, std::uint64_t line_count, std::uint64_t tag)
{
    return ((line << 32U) / line_count + 1) << 32U | tag;
}

TEST_F(HintTableTest, NoneExistsWithoutMemory)
{
    EXPECT_FALSE(HintTable().exists());
    EXPECT_TRUE(make(1).exists());
}

TEST_F(HintTableTest, AnEmptyOneHasNone)
{
    const HintTable table = make(3);
    for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX, UINT64_MAX << 16U})
        EXPECT_EQ(table.find(hash), HintTable::no_hint);
}

TEST_F(HintTableTest, HasTheLastOne)
{
    constexpr std::uint64_t largest = (std::uint64_t{1} << HintTable::hint_bits) - 1;
    HintTable table = make(3);
    for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX, UINT64_MAX << 16U})
        for (const std::uint64_t hint : {std::uint64_t{1}, largest, std::uint64_t{42}}) {
            table.note(hash, hint);
            EXPECT_EQ(table.find(hash), hint);
        }
}

TEST_F(HintTableTest, ALineHasEightAndTheNinthDrivesOneOut)
{
    HintTable table = make(2);
    for (std::uint64_t tag = 0; tag < 8; ++tag)
        table.note(hash_of(1, 2, tag), tag + 1);
    for (std::uint64_t tag = 0; tag < 8; ++tag)
        EXPECT_EQ(table.find(hash_of(1, 2, tag)), tag + 1);
    table.note(hash_of(1, 2, 8), 9);
    EXPECT_EQ(table.find(hash_of(1, 2, 8)), 9U);
    int lost = 0;
    for (std::uint64_t tag = 0; tag < 8; ++tag)
        lost += table.find(hash_of(1, 2, tag)) == HintTable::no_hint ? 1 : 0;
    EXPECT_EQ(lost, 1);
    EXPECT_EQ(table.find(hash_of(0, 2, 0)), HintTable::no_hint) << "the other line is as it was";
}

// Noted anew, a hint leaves no older one behind that would come back when it is driven out.
TEST_F(HintTableTest, NeverHasAnOlderOne)
{
    constexpr std::uint64_t line_count = 4;
    HintTable table = make(line_count);
    std::map<std::uint64_t, std::uint64_t> noted;
    std::mt19937_64 random(20240229); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same acts each time
    int found = 0;
    for (std::uint64_t act = 1; act <= 20000; ++act) {
        const std::uint64_t hash = hash_of(random() % line_count, line_count, random() % 12) ^ (random() % 8) << 16U;
        const std::uint64_t key = hash & ~(std::uint64_t{7} << 16U); // bits that only say who is driven out
        if (random() % 2 == 0) {
            table.note(hash, act);
            noted[key] = act;
        } else if (const std::uint64_t hint = table.find(hash); hint != HintTable::no_hint) {
            ASSERT_EQ(hint, noted[key]);
            ++found;
        }
    }
    EXPECT_GT(found, 5000);
}

TEST_F(HintTableTest, ManyWriteAtTheSameTime)
{
    HintTable table = make(1);
    std::atomic<int> wrong = 0;
    const auto work = [&](unsigned seed) {
        std::mt19937_64 random(seed); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same acts each time
        for (int act = 0; act < 200000; ++act) {
            // Each hint says whose it is.
            const std::uint64_t tag = random() % 16;
            if (const std::uint64_t hint = table.find(tag); hint != HintTable::no_hint && hint % 16 != tag)
                ++wrong;
            table.note(tag, (random() % 1000 + 1) * 16 + tag);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 4; ++seed)
        threads.emplace_back(work, seed);
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

} // namespace
