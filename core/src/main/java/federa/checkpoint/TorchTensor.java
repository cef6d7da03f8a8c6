package federa.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A strided view of a storage, checked to lie inside it; offset and strides count elements. */
@SuppressWarnings("ArrayRecordComponent")
record TorchTensor(TorchStorage storage, long offset, long[] shape, long[] strides) {
    /** PyTorch's own limit. */
    private static final int MOST_AXES = 64;

    TorchTensor {
        long elements = Shapes.elements(shape);
        if (shape.length != strides.length || elements < 0 || offset < 0) {
            throw new TorchGlobals.WrongArguments("a tensor with an impossible shape");
        }
        if (elements > storage.elements()) {
            throw new TorchGlobals.WrongArguments(
                    "a tensor larger than its storage (an expanded view is not supported)");
        }
        if (elements > 0) {
            long last = Shapes.lastOffset(offset, shape, strides);
            if (last < 0 || last >= storage.elements()) {
                throw new TorchGlobals.WrongArguments("a tensor that reaches outside its storage");
            }
        }
    }

    /** From the arguments of {@code _rebuild_tensor_v2}: storage, offset, shape, strides, and some of no use here. */
    static TorchTensor rebuild(List<Object> arguments) {
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof TorchStorage storage)
                || !(arguments.get(1) instanceof Long offset)) {
            throw new TorchGlobals.WrongArguments("a tensor without a storage");
        }
        return new TorchTensor(storage, offset, longs(arguments.get(2)), longs(arguments.get(3)));
    }

    /** The elements in row-major order: a view of the storage's bytes if they lie so, else a copy. */
    Tensor read(String name, ByteBuffer storageBytes) {
        int width = storage.type().bytes();
        int elements = (int) Shapes.elements(shape);
        if (elements == 0) {
            return new Tensor(name, storage.type(), shape.clone(), ByteBuffer.allocate(0));
        }
        if (Shapes.isRowMajor(shape, strides)) {
            ByteBuffer view = storageBytes.slice((int) offset * width, elements * width);
            return new Tensor(name, storage.type(), shape.clone(), view);
        }
        ByteBuffer copy = ByteBuffer.allocate(elements * width).order(ByteOrder.LITTLE_ENDIAN);
        long[] index = new long[shape.length];
        long from = offset;
        for (int i = 0; i < elements; i++) {
            copy.put(i * width, storageBytes, (int) from * width, width);
            from = next(index, from);
        }
        return new Tensor(name, storage.type(), shape.clone(), copy);
    }

    /** Steps the index to the next element in row-major order and returns that element's place. */
    private long next(long[] index, long from) {
        long place = from;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place += strides[axis];
            if (++index[axis] < shape[axis]) {
                return place;
            }
            place -= shape[axis] * strides[axis];
            index[axis] = 0;
        }
        return place;
    }

    private static long[] longs(Object tuple) {
        if (!(tuple instanceof Unpickler.Tuple items) || items.items().size() > MOST_AXES) {
            throw new TorchGlobals.WrongArguments("a tensor without shape or strides");
        }
        return items.items().stream()
                .mapToLong(item -> {
                    if (item instanceof Long number) {
                        return number;
                    }
                    throw new TorchGlobals.WrongArguments("a tensor with a shape that is no number");
                })
                .toArray();
    }
}
