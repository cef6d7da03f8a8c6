package federa.checkpoint;

import java.util.Optional;

/** What one element of a tensor is. The constants carry the names that safetensors headers use. */
public enum ElementType {
    F64(8, "DoubleStorage"),
    F32(4, "FloatStorage"),
    F16(2, "HalfStorage"),
    /** The upper half of an F32. */
    BF16(2, "BFloat16Storage"),
    I64(8, "LongStorage"),
    I32(4, "IntStorage"),
    I16(2, "ShortStorage"),
    I8(1, "CharStorage"),
    U8(1, "ByteStorage"),
    /** One byte, 0 or 1. */
    BOOL(1, "BoolStorage");

    private final int bytes;
    private final String torchStorage;

    ElementType(int bytes, String torchStorage) {
        this.bytes = bytes;
        this.torchStorage = torchStorage;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for the types that {@link Tensor#toFloats} reads; the others are read by {@link Tensor#toLongs}. */
    public boolean isFloating() {
        return switch (this) {
            case F64, F32, F16, BF16 -> true;
            default -> false;
        };
    }

    static Optional<ElementType> ofSafetensors(String dtype) {
        for (ElementType type : values()) {
            if (type.name().equals(dtype)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type of a storage class of PyTorch, such as {@code FloatStorage}. */
    static Optional<ElementType> ofTorchStorage(String className) {
        for (ElementType type : values()) {
            if (type.torchStorage.equals(className)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
