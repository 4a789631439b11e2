package dev.dropwise.common.dropout;

/** Independent random bits that stand for one draw of noise before the audit. */
interface RandomBits {
    /** How many there are. */
    int length();

    /** The bits, eight to a byte, the first in the lowest bit. */
    byte[] packedBits();
}
