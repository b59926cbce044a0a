// The table is compared with the standard library's, act by act.
#include "core/flat_table.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

namespace {

using pat_auth::core::FlatTable;

struct Entry {
    std::uint32_t key;
    std::uint32_t value;
};

using Table = FlatTable<Entry, 100>;

// Of few different values, so that searches meet other keys and run over the table's end.
std::uint32_t crowded_hash(std::uint32_t key)
{
    constexpr std::uint32_t hashes[] = {0, 1, 0xFFFFFFFF, 0xFFFFFFFE, 0x80000000, 0xF0000000};
    return hashes[key % std::size(hashes)];
}

std::uint32_t spread_hash(std::uint32_t key) { return key * 2654435761U; }

class FlatTableTest : public testing::TestWithParam<std::uint32_t (*)(std::uint32_t)> {
protected:
    static std::uint32_t hash(std::uint32_t key) { return GetParam()(key); }

    std::unique_ptr<Table> table = std::make_unique<Table>();
};

TEST_P(FlatTableTest, HoldsWhatAMapHolds)
{
    std::mt19937 random(20240229); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same acts each time
    std::map<std::uint32_t, std::uint32_t> expected;
    std::size_t refused = 0;
    for (int act = 0; act < 20000; ++act) {
        const auto key = static_cast<std::uint32_t>(random() % 160);
        // Some hundred acts that mostly add, then as many that mostly remove.
        const bool adds = random() % 10 < ((act / 400) % 2 == 0 ? 8U : 2U);
        if (adds) {
            bool is_new = false;
            Entry* const entry = table->find_or_add(key, hash(key), is_new);
            if (entry == nullptr) {
                ASSERT_EQ(expected.size(), Table::capacity);
                ASSERT_EQ(expected.count(key), 0U);
                ++refused;
                continue;
            }
            ASSERT_EQ(is_new, expected.count(key) == 0);
            ASSERT_EQ(entry->key, key);
            entry->value = static_cast<std::uint32_t>(act);
            expected[key] = entry->value;
        } else if (Entry* const entry = table->find(key, hash(key)); entry != nullptr) {
            table->remove(entry);
            ASSERT_EQ(expected.erase(key), 1U);
        }
        ASSERT_EQ(table->count(), expected.size());
        for (std::uint32_t each = 0; each < 160; ++each) {
            const Entry* const entry = table->find(each, hash(each));
            const auto wanted = expected.find(each);
            ASSERT_EQ(entry != nullptr, wanted != expected.end()) << "key " << each << " after act " << act;
            if (entry != nullptr) {
                ASSERT_EQ(entry->value, wanted->second);
            }
        }
    }
    EXPECT_GT(refused, 0U);
}

TEST_P(FlatTableTest, VisitsEachOnceAndRemovesWhatIsWanted)
{
    bool is_new = false;
    for (std::uint32_t key = 0; key < Table::capacity; ++key)
        table->find_or_add(key, hash(key), is_new)->value = key;
    std::vector<int> visits(Table::capacity);
    table->visit([&](const Entry& entry) { ++visits[entry.key]; });
    EXPECT_EQ(visits, std::vector<int>(Table::capacity, 1));

    table->remove_where([](const Entry& entry) { return entry.key % 3 != 0; });
    for (std::uint32_t key = 0; key < Table::capacity; ++key)
        EXPECT_EQ(table->find(key, hash(key)) != nullptr, key % 3 == 0) << key;

    table->empty();
    EXPECT_EQ(table->count(), 0U);
    EXPECT_EQ(table->find(0, hash(0)), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Hashes, FlatTableTest, testing::Values(crowded_hash, spread_hash));

} // namespace
