package federa.checkpoint;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one pickle as data. A pickle is a program for a small stack machine that may name any Python function and have
 * it called; here the only names understood are those of {@link TorchGlobals}, and any other one is refused.
 *
 * <p>Python values become: {@link #NONE}, Boolean, Long, BigInteger, Double, String, {@link Tuple}, List, Map,
 * {@link TorchStorage} and {@link TorchTensor}. Nothing recurses, keys are strings or numbers only, and both length and
 * number of operations are bounded, so that a hostile file costs bounded memory and time.
 *
 * @see <a href="https://github.com/python/cpython/blob/3.12/Lib/pickletools.py">pickletools, the meaning of opcodes</a>
 */
final class Unpickler {
    /** A state dict takes some 100 bytes and 40 operations a tensor. */
    private static final int LONGEST_PICKLE = 1 << 26;

    private static final int MOST_OPERATIONS = 1_000_000;

    static final Object NONE = new Object();

    record Tuple(List<Object> items) {}

    private final Path file;
    private final ByteBuffer in;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private final Map<String, TorchStorage> storages = new HashMap<>();

    private Unpickler(Path file, ByteBuffer in) {
        this.file = file;
        this.in = in;
    }

    /** A pickle's value, the storages that it mentions by key, and the offset in the file that follows it. */
    record Loaded(Object value, Map<String, TorchStorage> storages, long end) {}

    /** Reads the pickle that starts at an offset of the file and ends before {@code limit}. */
    static Loaded load(FileBytes bytes, long offset, long limit) {
        long length = Math.min(limit - offset, LONGEST_PICKLE);
        ByteBuffer in = bytes.slice(offset, length, "its pickle");
        Unpickler unpickler = new Unpickler(bytes.file(), in);
        try {
            Object value = unpickler.run();
            return new Loaded(value, unpickler.storages, offset + in.position());
        } catch (BufferUnderflowException e) {
            throw new CheckpointException(
                    bytes.file(),
                    length < LONGEST_PICKLE
                            ? "truncated: its pickle ends early; fetch it again"
                            : "its pickle is larger than 64 MiB, which no table of tensors is",
                    e);
        }
    }

    private Object run() {
        for (int operation = 0; operation < MOST_OPERATIONS; operation++) {
            int opcode = Byte.toUnsignedInt(in.get());
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
        throw malformed("more than " + MOST_OPERATIONS + " operations");
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> skip(1); // PROTO
            case 0x95 -> skip(8); // FRAME
            case '(' -> marks.push(stack.size());
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(peek());
            case 'N' -> push(NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.getInt());
            case 'K' -> push((long) unsignedByte());
            case 'M' -> push((long) Short.toUnsignedInt(in.getShort()));
            case 0x8a -> push(number(unsignedByte())); // LONG1
            case 'G' -> push(bigEndianDouble());
            case 'X', 'B' -> push(text(in.getInt(), StandardCharsets.UTF_8));
            case 0x8c -> push(text(unsignedByte(), StandardCharsets.UTF_8)); // SHORT_BINUNICODE
            case 'T' -> push(text(in.getInt(), StandardCharsets.ISO_8859_1));
            case 'U', 'C' -> push(text(unsignedByte(), StandardCharsets.ISO_8859_1));
            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(popToMark()));
            case 0x85, 0x86, 0x87 -> push(new Tuple(pop(opcode - 0x84))); // TUPLE1 to TUPLE3
            case ']' -> push(new ArrayList<Object>());
            case 'a' -> append(pop(1));
            case 'e' -> append(popToMark());
            case '}' -> push(new LinkedHashMap<Object, Object>());
            case 's' -> putAll(pop(2));
            case 'u' -> putAll(popToMark());
            case 'q' -> memo.put(unsignedByte(), peek());
            case 'r' -> memo.put(in.getInt(), peek());
            case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
            case 'h' -> push(remembered(unsignedByte()));
            case 'j' -> push(remembered(in.getInt()));
            case 'c' -> push(TorchGlobals.find(file, line(), line()));
            case 'i' -> throw TorchGlobals.refused(file, line(), line()); // INST
            case 0x93 -> pushStackGlobal();
            case 'Q' -> push(persistent(pop()));
            case 'R', 0x81 -> reduce(); // REDUCE, NEWOBJ
            case 'b' -> build();
            default -> throw malformed(String.format("operation 0x%02x, which no table of tensors needs", opcode));
        }
    }

    private void pushStackGlobal() {
        Object name = pop();
        Object module = pop();
        if (!(module instanceof String moduleName) || !(name instanceof String globalName)) {
            throw malformed("a global without a name");
        }
        push(TorchGlobals.find(file, moduleName, globalName));
    }

    private void reduce() {
        Object arguments = pop();
        Object global = pop();
        if (!(global instanceof TorchGlobals.Function function) || !(arguments instanceof Tuple tuple)) {
            throw malformed("a call of something that is no function");
        }
        try {
            push(function.apply(tuple.items));
        } catch (TorchGlobals.WrongArguments e) {
            throw malformed(e.getMessage());
        }
    }

    /** An OrderedDict may carry attributes ({@code _metadata} of a state dict); they are of no use here. */
    private void build() {
        pop();
        if (!(peek() instanceof Map)) {
            throw malformed("a state for something that is no dictionary");
        }
    }

    private Object persistent(Object id) {
        try {
            TorchStorage storage = TorchStorage.ofPersistentId(id);
            storages.put(storage.key(), storage);
            return storage;
        } catch (TorchGlobals.WrongArguments e) {
            throw malformed(e.getMessage());
        }
    }

    private void append(List<Object> items) {
        if (!(peek() instanceof List<?>)) {
            throw malformed("an item for something that is no list");
        }
        mutableList(peek()).addAll(items);
    }

    private void putAll(List<Object> items) {
        if (!(peek() instanceof Map<?, ?>) || items.size() % 2 != 0) {
            throw malformed("an entry for something that is no dictionary");
        }
        Map<Object, Object> map = mutableMap(peek());
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof String) && !(items.get(i) instanceof Long)) {
                throw malformed("a key that is neither text nor number");
            }
            map.put(items.get(i), items.get(i + 1));
        }
    }

    @SuppressWarnings("unchecked") // every list here was made by this class
    private static List<Object> mutableList(Object list) {
        return (List<Object>) list;
    }

    @SuppressWarnings("unchecked") // every map here was made by this class or TorchGlobals
    private static Map<Object, Object> mutableMap(Object map) {
        return (Map<Object, Object>) map;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.peek();
    }

    private Object peek() {
        if (stack.size() <= floor()) {
            throw malformed("a value missing on its stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object top = peek();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<Object> pop(int count) {
        List<Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw malformed("a mark missing on its stack");
        }
        List<Object> values = stack.subList(marks.pop(), stack.size());
        List<Object> copy = new ArrayList<>(values);
        values.clear();
        return copy;
    }

    private Object remembered(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw malformed("a reference to something not stored");
        }
        return value;
    }

    private int unsignedByte() {
        return Byte.toUnsignedInt(in.get());
    }

    private void skip(int count) {
        byteString(count);
    }

    private byte[] byteString(int count) {
        if (count < 0 || count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    private String text(int length, Charset charset) {
        return new String(byteString(length), charset);
    }

    /** Up to a newline: the text form of module and name in the GLOBAL operation. */
    private String line() {
        StringBuilder line = new StringBuilder();
        for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
            if (line.length() > 1000) {
                throw malformed("a global with an endless name");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    /** A two's complement little-endian integer. */
    private Object number(int length) {
        byte[] bytes = byteString(length);
        for (int i = 0; i < length / 2; i++) {
            byte swapped = bytes[i];
            bytes[i] = bytes[length - 1 - i];
            bytes[length - 1 - i] = swapped;
        }
        BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private double bigEndianDouble() {
        return ByteBuffer.wrap(byteString(Double.BYTES))
                .order(ByteOrder.BIG_ENDIAN)
                .getDouble();
    }

    private CheckpointException malformed(String what) {
        return new CheckpointException(
                file, "damaged or no weight file: its pickle has " + what + "; convert it to model.safetensors");
    }
}
