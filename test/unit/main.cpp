// Runs the unit tests, with libsodium initialised as _PG_init does it.
#include <gtest/gtest.h>
#include <sodium.h>

int main(int argument_count, char** arguments)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    testing::InitGoogleTest(&argument_count, arguments);
    return RUN_ALL_TESTS();
}
