package dev.dropwise.common.dropout;

/** The words of one draw as bits, 1 where a word kept something; drawn again only when somebody asks. */
record WordBits(long key, int length, double dropProbability) implements RandomBits {
    @Override
    public byte[] packedBits() {
        KeyedWords words = new KeyedWords();
        int[] chunk = new int[KeyedWords.CHUNK];
        int threshold = BernoulliMask.threshold(dropProbability);
        byte[] bits = new byte[(length + 7) / 8];
        for (int at = 0; at < length; at += chunk.length) {
            words.fill(key, at, chunk);
            for (int i = 0; i < Math.min(chunk.length, length - at); i++) {
                boolean kept = (chunk[i] >>> 1) < threshold;
                if (kept) {
                    bits[(at + i) >> 3] |= (byte) (1 << (i & 7));
                }
            }
        }
        return bits;
    }
}
