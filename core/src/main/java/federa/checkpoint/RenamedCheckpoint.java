package federa.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * A model's weights by the names of the model that was saved: without the name that a wrapper of PyTorch puts before all
 * others, and, where tensors are one and safetensors stores it once, by the other names too, which its metadata has.
 */
final class RenamedCheckpoint implements Checkpoint {
    /** What PyTorch's wrappers for several devices and for compilation, and training loops, put before every name. */
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.", "model.");

    private final Checkpoint stored;
    private final NavigableMap<String, String> names;

    private RenamedCheckpoint(Checkpoint stored, NavigableMap<String, String> names) {
        this.stored = stored;
        this.names = names;
    }

    /** The checkpoint by the model's names; the checkpoint itself if it has them already. */
    static Checkpoint of(Checkpoint stored) {
        String wrapper = wrapper(stored);
        NavigableMap<String, String> names = new TreeMap<>();
        for (String name : stored.names()) {
            names.put(name.substring(wrapper.length()), name);
        }
        if (stored instanceof Safetensors safetensors) {
            for (Map.Entry<String, String> tied : safetensors.metadata().entrySet()) {
                if (stored.names().contains(tied.getValue())) {
                    names.putIfAbsent(tied.getKey(), tied.getValue());
                }
            }
        }
        boolean same = names.keySet().equals(stored.names());
        return same ? stored : new RenamedCheckpoint(stored, names);
    }

    private static String wrapper(Checkpoint stored) {
        return WRAPPERS.stream()
                .filter(wrapper -> stored.names().stream().allMatch(name -> name.startsWith(wrapper)))
                .findFirst()
                .orElse("");
    }

    @Override
    public Path file() {
        return stored.file();
    }

    @Override
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(names.navigableKeySet());
    }

    @Override
    public Tensor tensor(String name) {
        String known = names.get(name);
        if (known == null) {
            throw SimilarNames.missing(file(), name, names.keySet());
        }
        Tensor tensor = stored.tensor(known);
        return new Tensor(name, tensor.type(), tensor.shape(), tensor.bytes());
    }

    @Override
    public void close() {
        stored.close();
    }
}
