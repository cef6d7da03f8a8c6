package federa.checkpoint;

import java.util.List;

/** A block of elements that tensors of a PyTorch file are views of; its bytes lie elsewhere in the file. */
record TorchStorage(String key, ElementType type, long elements) {

    /**
     * From {@code ('storage', class, key, location, elements)}, to which the legacy form adds view information, None
     * since PyTorch 0.4.
     */
    static TorchStorage ofPersistentId(Object id) {
        List<Object> items = id instanceof Unpickler.Tuple tuple ? tuple.items() : List.of();
        if (items.size() < 5
                || !"storage".equals(items.get(0))
                || !(items.get(1) instanceof TorchGlobals.StorageClass storageClass)
                || !(items.get(2) instanceof String key)
                || !(items.get(4) instanceof Long elements)) {
            throw new TorchGlobals.WrongArguments("a storage without type, key or size");
        }
        if (items.size() > 5 && items.get(5) != Unpickler.NONE) {
            throw new TorchGlobals.WrongArguments("a view of a storage, as only PyTorch before 0.4 wrote it");
        }
        if (elements < 0 || elements > Long.MAX_VALUE / storageClass.type().bytes()) {
            throw new TorchGlobals.WrongArguments("a storage of " + elements + " elements");
        }
        return new TorchStorage(key, storageClass.type(), elements);
    }

    long bytes() {
        return elements * type.bytes();
    }
}
