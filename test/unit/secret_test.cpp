// Secrets: randomness is filled in, and nothing stays in memory.
#include "core/secret.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace pat_auth::core {
namespace {

std::size_t count_nonzero(const unsigned char* bytes, std::size_t size)
{
    return size - static_cast<std::size_t>(std::count(bytes, bytes + size, 0));
}

// Makes an object inside memory that outlives it, lets `use` fill it, destroys it, and counts the bytes that
// are left.
template <class Object, class Use>
std::size_t bytes_left_behind(Use use)
{
    alignas(Object) static unsigned char memory[sizeof(Object)];
    std::memset(memory, 0xA5, sizeof memory);
    Object* const object = new (memory) Object;
    use(*object);
    object->~Object();
    // The compiler may assume anything about bytes that it knows to have been an object's: let it know
    // nothing.
    std::size_t (*volatile count)(const unsigned char*, std::size_t) = count_nonzero;
    return count(memory, sizeof memory);
}

TEST(Secret, R10_secret_is_wiped_when_it_goes)
{
    EXPECT_EQ(bytes_left_behind<Secret>([](Secret& secret) {
                  secret.fill_random();
                  EXPECT_TRUE(std::any_of(secret.data(), secret.data() + secret_size, [](auto b) { return b != 0; }));
              }),
              0U);
}

TEST(Secret, R10_text_of_a_secret_is_wiped_when_it_goes)
{
    // Volatile, or the compiler leaves out writing what nobody reads before the end, and the test proves
    // nothing.
    const auto fill = [](auto& text) { std::fill_n(static_cast<volatile char*>(text.data()), text.size(), 'x'); };
    EXPECT_EQ(bytes_left_behind<WipedText<64>>(fill), 0U);
    EXPECT_EQ(bytes_left_behind<WipedText<1>>(fill), 0U);
}

TEST(Secret, wipe_zeroes_just_what_it_is_given)
{
    char text[] = "abcdef";
    wipe(text + 1, 3);
    EXPECT_EQ(std::string(text, 6), std::string("a\0\0\0ef", 6));
    wipe(text, 0);
    EXPECT_EQ(text[0], 'a');
}

TEST(Secret, is_zero_until_filled_and_cannot_be_copied)
{
    const Secret secret;
    EXPECT_TRUE(std::all_of(secret.data(), secret.data() + secret_size, [](auto b) { return b == 0; }));
    EXPECT_FALSE(std::is_copy_constructible_v<Secret> || std::is_copy_assignable_v<Secret> ||
                 std::is_move_constructible_v<Secret> || std::is_move_assignable_v<Secret>);
    EXPECT_FALSE(std::is_copy_constructible_v<WipedText<64>> || std::is_copy_assignable_v<WipedText<64>>);
}

// Of very many secrets that `fill` gives no two are the same, and each bit is ever set.
template <class Fill>
void expect_random(Fill fill)
{
    std::set<std::string> seen;
    unsigned char ever_set[secret_size] = {};
    for (int i = 0; i < 10'000; ++i) {
        Secret secret;
        fill(secret);
        seen.emplace(reinterpret_cast<const char*>(secret.data()), secret_size);
        for (std::size_t j = 0; j < secret_size; ++j)
            ever_set[j] = static_cast<unsigned char>(ever_set[j] | secret.data()[j]);
    }
    EXPECT_EQ(seen.size(), 10'000U);
    for (unsigned char bits : ever_set)
        EXPECT_EQ(bits, 0xFF);
}

TEST(Secret, random_fill_reaches_every_byte_and_does_not_repeat)
{
    expect_random([](Secret& secret) { secret.fill_random(); });
}

TEST(Secret, R10_a_supply_gives_each_secret_once)
{
    SecretSupply supply;
    expect_random([&](Secret& secret) { supply.fill(secret); });
}

// What an object has in its memory of a text.
bool contains(const SecretSupply& supply, const Secret& secret)
{
    const auto* const bytes = reinterpret_cast<const unsigned char*>(&supply);
    return std::search(bytes, bytes + sizeof supply, secret.data(), secret.data() + secret_size) !=
           bytes + sizeof supply;
}

TEST(Secret, R10_a_supply_keeps_no_secret_that_it_gave_and_none_when_it_is_wiped)
{
    SecretSupply supply;
    for (int i = 0; i < 20; ++i) {
        Secret secret;
        supply.fill(secret);
        EXPECT_FALSE(contains(supply, secret));
    }
    EXPECT_TRUE(std::any_of(reinterpret_cast<const unsigned char*>(&supply),
                            reinterpret_cast<const unsigned char*>(&supply) + 256,
                            [](auto byte) { return byte != 0; }));
    supply.wipe();
    EXPECT_TRUE(std::all_of(reinterpret_cast<const unsigned char*>(&supply),
                            reinterpret_cast<const unsigned char*>(&supply) + 256,
                            [](auto byte) { return byte == 0; }));
    Secret next;
    supply.fill(next);
    EXPECT_TRUE(std::any_of(next.data(), next.data() + secret_size, [](auto byte) { return byte != 0; }));
}

} // namespace
} // namespace pat_auth::core
