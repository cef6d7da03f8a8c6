package federa.text;

import federa.spi.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * The {@code precompiled_charsmap} of a SentencePiece model: a trie, as a double array in the layout of Darts-clone,
 * from sequences of bytes to places in a list of replacements.
 *
 * <p>The native library follows the trie without looking where it leads, and a step outside ends the process. So a map
 * is walked through once here before the library gets it.
 */
final class CharacterMap {

    private static final int BLOCK = 256; // units; the children of a node are in one block

    private final int[] units;
    private final byte[] replacements;

    private CharacterMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /**
     * Checks that every step in the trie stays inside and ends at the start of a character.
     *
     * @throws InvalidInputException if not; an empty map is sound
     */
    static void requireSound(byte[] map) {
        if (map.length == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
        long size = map.length < Integer.BYTES ? 0 : Integer.toUnsignedLong(bytes.getInt());
        if (size == 0 || size % (BLOCK * Integer.BYTES) != 0 || size > bytes.remaining()) {
            throw new InvalidInputException(
                    "the character map of %d bytes has a trie of %d".formatted(map.length, size));
        }
        int[] units = new int[(int) size / Integer.BYTES];
        bytes.asIntBuffer().get(units);
        bytes.position(bytes.position() + (int) size);
        byte[] replacements = new byte[bytes.remaining()];
        bytes.get(replacements);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
        } catch (CharacterCodingException e) {
            throw new InvalidInputException("the character map has replacements that are not UTF-8", e);
        }
        new CharacterMap(units, replacements).walk();
    }

    private void walk() {
        BitSet seen = new BitSet(units.length);
        Deque<Integer> open = new ArrayDeque<>();
        open.push(child(0));
        while (!open.isEmpty()) {
            int node = open.pop();
            if (seen.get(node)) {
                continue;
            }
            seen.set(node);
            for (int label = 1; label < BLOCK; label++) {
                int position = node ^ label;
                if (isLabelled(units[position], label)) {
                    int next = child(position);
                    if (hasLeaf(units[position])) {
                        requireReplacement(units[next] & Integer.MAX_VALUE);
                    }
                    open.push(next);
                }
            }
        }
    }

    private int child(int position) {
        int child = position ^ offset(units[position]);
        if (child >= units.length) {
            throw new InvalidInputException("the trie of the character map leads outside");
        }
        return child;
    }

    private void requireReplacement(int start) {
        boolean insideCharacter = start < replacements.length && (replacements[start] & 0xc0) == 0x80;
        if (start > replacements.length || insideCharacter) {
            throw new InvalidInputException("the trie of the character map ends at no replacement");
        }
    }

    /** The highest bit is set in leaves, which nothing may take for a node. */
    private static boolean isLabelled(int unit, int label) {
        return (unit & 0x8000_00ff) == label;
    }

    private static boolean hasLeaf(int unit) {
        return (unit & 0x100) != 0;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 0x200) >>> 6);
    }
}
