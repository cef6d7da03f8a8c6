package federa.text;

import federa.spi.InvalidInputException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a message in the wire format of Protocol Buffers, field by field, without a schema. After each {@link #next},
 * the value is taken by one call of the right kind, or skipped.
 *
 * <p>Damage of any kind is an IllegalArgumentException that says what is wrong, but not in which file.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the format</a>
 */
final class WireReader {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final ByteBuffer bytes;
    private int field;
    private int kind;

    WireReader(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long tag = varint();
        if (tag >>> 3 == 0 || tag >>> 32 != 0) {
            throw new InvalidInputException("%d is no field number".formatted(tag >>> 3));
        }
        field = (int) (tag >>> 3);
        kind = (int) tag & 7;
        return true;
    }

    int field() {
        return field;
    }

    /** An enum, or an integer that is not negative. */
    int integer() {
        require(VARINT);
        long value = varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new InvalidInputException("field %d is out of range: %d".formatted(field, value));
        }
        return (int) value;
    }

    float real() {
        require(FIXED_32);
        try {
            return bytes.getFloat();
        } catch (BufferUnderflowException e) {
            throw truncated(e);
        }
    }

    String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException("field %d is not text in UTF-8".formatted(field), e);
        }
    }

    WireReader message() {
        return new WireReader(bytes());
    }

    ByteBuffer bytes() {
        require(LENGTH_DELIMITED);
        return take(varint());
    }

    void skip() {
        switch (kind) {
            case VARINT -> varint();
            case FIXED_64 -> take(Long.BYTES);
            case LENGTH_DELIMITED -> take(varint());
            case FIXED_32 -> take(Integer.BYTES);
            default -> throw new InvalidInputException("field %d is of unknown kind %d".formatted(field, kind));
        }
    }

    private void require(int wanted) {
        if (kind != wanted) {
            throw new InvalidInputException("field %d is of kind %d, not %d".formatted(field, kind, wanted));
        }
    }

    private ByteBuffer take(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw truncated(null);
        }
        ByteBuffer taken = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return taken;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw truncated(null);
            }
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new InvalidInputException("a number is longer than 64 bits");
    }

    private static InvalidInputException truncated(Exception cause) {
        return new InvalidInputException("it ends in the middle of a value", cause);
    }
}
