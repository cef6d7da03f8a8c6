package federa.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Weights that were split over several files, as one. Opening checks that every tensor is where the index says and nowhere
 * else; one that only a file knows is taken from there, as the transformers library does.
 */
final class ShardedCheckpoint implements Checkpoint {
    private final Path index;
    private final List<Checkpoint> shards = new ArrayList<>();
    private final NavigableMap<String, Checkpoint> owners = new TreeMap<>();

    private ShardedCheckpoint(Path index) {
        this.index = index;
    }

    /** Opens all files of an index. */
    static ShardedCheckpoint open(Path file) {
        ShardIndex index = ShardIndex.read(file);
        ShardedCheckpoint checkpoint = new ShardedCheckpoint(file);
        try {
            for (String shard : index.shards()) {
                checkpoint.add(index, shard);
            }
            for (String tensor : index.tensors()) {
                checkpoint.requireOwner(tensor, index.shard(tensor));
            }
            return checkpoint;
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private void add(ShardIndex index, String shard) {
        Path file = index.file().resolveSibling(shard);
        if (!Files.isRegularFile(file)) { // a directory might hold an index of its own, and so on for ever
            throw new CheckpointException(
                    index.file(),
                    "the file " + shard
                            + ", which has some of the tensors, is missing; fetch it and put it beside the index");
        }
        Checkpoint opened = Checkpoint.open(file);
        shards.add(opened);
        for (String tensor : opened.names()) {
            Checkpoint other = owners.put(tensor, opened);
            if (other != null) {
                throw new CheckpointException(
                        index.file(),
                        "tensor %s is both in %s and in %s; save the model again"
                                .formatted(
                                        CheckpointException.quote(tensor),
                                        other.file().getFileName(),
                                        shard));
            }
        }
    }

    private void requireOwner(String tensor, String shard) {
        Checkpoint owner = owners.get(tensor);
        if (owner == null || !owner.file().getFileName().toString().equals(shard)) {
            throw new CheckpointException(
                    index,
                    "tensor %s should be in %s, but %s; fetch the index and the files of one version"
                            .formatted(
                                    CheckpointException.quote(tensor),
                                    shard,
                                    owner == null
                                            ? "is in none of the files"
                                            : "is in " + owner.file().getFileName()));
        }
    }

    @Override
    public Path file() {
        return index;
    }

    @Override
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(owners.navigableKeySet());
    }

    @Override
    public Tensor tensor(String name) {
        Checkpoint owner = owners.get(name);
        if (owner == null) {
            throw SimilarNames.missing(index, name, owners.keySet());
        }
        return owner.tensor(name);
    }

    @Override
    public void close() {
        shards.forEach(Checkpoint::close);
    }
}
