// SHA-256 and HMAC against the vectors of FIPS 180-4 and RFC 4231; comparison, index key, hexadecimal.
#include "core/digest.h"

#include <string>

#include <gtest/gtest.h>

namespace pat_auth::core {
namespace {

std::string hex(const Digest& digest)
{
    std::string text(digest_hex_length, '?');
    encode_hex(digest, text.data());
    return text;
}

TEST(Digest, sha256_of_fips_180_4)
{
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, hmac_sha256_of_rfc_4231)
{
    EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(hmac_sha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    std::string counting_key;
    for (char byte = 1; byte <= 25; ++byte)
        counting_key += byte;
    EXPECT_EQ(hex(hmac_sha256(counting_key, std::string(50, '\xcd'))),
              "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    // Test case 5 publishes the first 128 bits only.
    EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0c'), "Test With Truncation")).substr(0, 32),
              "a3b6167473100ee06e0c796c2955552b");
    EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                              "This is a test using a larger than block-size key and a larger than block-size data. "
                              "The key needs to be hashed before being used by the HMAC algorithm.")),
              "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(Digest, takes_views_of_nothing)
{
    EXPECT_EQ(sha256(std::string_view()), sha256(""));
    EXPECT_EQ(hex(hmac_sha256(std::string_view(), std::string_view())),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Digest, equality_sees_every_bit)
{
    const Digest digest = sha256("abc");
    EXPECT_TRUE(equal_in_constant_time(digest, sha256("abc")));
    for (std::size_t bit = 0; bit < 8 * digest_size; ++bit) {
        Digest other = digest;
        other[bit / 8] = static_cast<unsigned char>(other[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(equal_in_constant_time(digest, other)) << bit;
    }
}

TEST(Digest, prefix_is_the_first_eight_bytes_as_a_signed_number)
{
    EXPECT_EQ(digest_prefix(sha256("abc")), static_cast<std::int64_t>(0xba7816bf8f01cfeaU));
    Digest digest{};
    EXPECT_EQ(digest_prefix(digest), 0);
    digest[7] = 1;
    digest[8] = 0xFF;
    EXPECT_EQ(digest_prefix(digest), 1);
    digest.fill(0xFF);
    EXPECT_EQ(digest_prefix(digest), -1);
    digest[0] = 0x7F;
    EXPECT_EQ(digest_prefix(digest), INT64_MAX);
    digest.fill(0);
    digest[0] = 0x80;
    EXPECT_EQ(digest_prefix(digest), INT64_MIN);
}

TEST(Digest, hex_round_trips)
{
    Digest digest{};
    for (int i = 0; i < 256; ++i) {
        digest.fill(static_cast<unsigned char>(i));
        Digest decoded{};
        ASSERT_TRUE(decode_hex(hex(digest), decoded));
        EXPECT_EQ(decoded, digest);
    }
}

TEST(Digest, other_hex_is_refused)
{
    const std::string good = hex(sha256("abc"));
    const Digest before = sha256("before");
    Digest digest = before;
    EXPECT_FALSE(decode_hex("", digest));
    EXPECT_FALSE(decode_hex(good.substr(1), digest));
    EXPECT_FALSE(decode_hex(good + "0", digest));
    for (std::size_t position = 0; position < good.size(); ++position)
        for (char foreign : {'A', 'F', 'g', '/', ':', '`', ' ', '\0', '\xe9'}) {
            std::string text = good;
            text[position] = foreign;
            EXPECT_FALSE(decode_hex(text, digest)) << position << foreign;
        }
    EXPECT_EQ(digest, before) << "a refused text leaves the result alone";
}

} // namespace
} // namespace pat_auth::core
