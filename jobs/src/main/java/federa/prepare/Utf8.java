package federa.prepare;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decodes strictly: Java and Spark would put U+FFFD for what is not UTF-8 and say nothing. */
final class Utf8 {

    private Utf8() {}

    static String decode(byte[] bytes, int length) throws Malformed {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(buffer)
                    .toString();
        } catch (CharacterCodingException e) {
            // The decoder stops in front of the wrong byte.
            throw new Malformed(
                    "byte 0x%02X at position %d of the record is not UTF-8; convert the file, for instance with iconv"
                            .formatted(bytes[buffer.position()], buffer.position() + 1));
        }
    }
}
