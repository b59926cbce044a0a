"""Token texts in the form that README.md documents: for loading a million of them in seconds.

pat_create makes one after the other with its event and its checks, which is measured elsewhere. What a bench presents
to pat_verify needs texts that are known, and rows with their digests; both follow from the form alone.
"""

import os
import zlib

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# A random byte to a digit; the leading one stays small, so that the number has 256 bits at most.
DIGIT = bytes(ALPHABET[value % 62] for value in range(256))
LEADING_DIGIT = bytes(ALPHABET[value % 60] for value in range(256))


def base62(number, length):
    digits = bytearray(length)
    for place in range(length - 1, -1, -1):
        number, digit = divmod(number, 62)
        digits[place] = ALPHABET[digit]
    return bytes(digits)


def token_text(token_id):
    secret = os.urandom(43)
    checked = b"pat_" + base62(token_id, 11) + secret[:1].translate(LEADING_DIGIT) + secret[1:].translate(DIGIT)
    return checked + base62(zlib.crc32(checked), 6)


def write_copy(file, count):
    """Lines for COPY: a number from 1 to count, which is the token's id, and its text."""
    for token_id in range(1, count + 1):
        file.write(b"%d\t%s\n" % (token_id, token_text(token_id)))
