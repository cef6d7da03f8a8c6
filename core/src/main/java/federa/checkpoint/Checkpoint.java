package federa.checkpoint;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;

/**
 * The named tensors of one weight file, or of several that an index joins. Opening reads and checks the table of contents;
 * a tensor's data is looked at when it is asked for. Safe for use by several threads.
 */
public sealed interface Checkpoint extends Closeable
        permits Safetensors, TorchFile, ShardedCheckpoint, RenamedCheckpoint {
    /** What weights are called in a Hugging Face model directory; the first that is there is read, as in transformers. */
    List<String> WEIGHTS = List.of(
            "model.safetensors",
            "model.safetensors" + ShardIndex.SUFFIX,
            "pytorch_model.bin",
            "pytorch_model.bin" + ShardIndex.SUFFIX);

    /** The file the tensors come from; of several, their index. */
    Path file();

    /** All tensor names, sorted; unmodifiable. */
    SortedSet<String> names();

    /**
     * The tensor of that name.
     *
     * @throws CheckpointException if there is none; the message lists names that look alike
     */
    Tensor tensor(String name);

    /** Releases the file; tensors read before stay valid. */
    @Override
    void close();

    /**
     * Opens a weight file, or the weights of a Hugging Face model directory. What a file is follows from its first bytes:
     * safetensors, or {@code torch.save} in zip form (PyTorch 1.6 and later) or in legacy pickle form. A directory has
     * {@code model.safetensors}, {@code pytorch_model.bin}, or the index of either in several files; its tensors have the
     * names of the model, without a wrapper's.
     *
     * @throws CheckpointException in one line, with the file, what is wrong with it and what to do
     */
    static Checkpoint open(Path fileOrDirectory) {
        if (!Files.isDirectory(fileOrDirectory)) {
            return openFile(fileOrDirectory);
        }
        Path weights = weightsIn(fileOrDirectory);
        boolean split = weights.getFileName().toString().endsWith(ShardIndex.SUFFIX);
        Checkpoint stored = split ? ShardedCheckpoint.open(weights) : openFile(weights);
        try {
            return RenamedCheckpoint.of(stored);
        } catch (RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    private static Checkpoint openFile(Path file) {
        FileBytes bytes = FileBytes.open(file);
        try {
            return open(bytes);
        } catch (RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** The weight file of a Hugging Face model directory, or the index of its weight files. */
    private static Path weightsIn(Path directory) {
        return WEIGHTS.stream()
                .map(directory::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new CheckpointException(
                        directory,
                        "holds neither model.safetensors nor pytorch_model.bin, nor an index of either; give a Hugging"
                                + " Face model directory"));
    }

    private static Checkpoint open(FileBytes bytes) {
        if (bytes.size() < 10) {
            throw new CheckpointException(
                    bytes.file(), "has only " + bytes.size() + " bytes: truncated or no weight file; fetch it again");
        }
        ByteBuffer start = bytes.slice(0, 10, "the start of the file");
        if (start.get(8) == '{' && start.getInt(4) == 0) {
            return Safetensors.read(bytes);
        }
        if (start.getInt(0) == ZipDirectory.LOCAL_HEADER) {
            return TorchFile.readZip(bytes);
        }
        // 0x80 starts every pickle of protocol 2 and later; the others are how older ones begin to name a global.
        if (start.get(0) == (byte) 0x80 || start.get(0) == 'c' || start.get(0) == '(') {
            return TorchFile.readLegacy(bytes);
        }
        if (StandardCharsets.US_ASCII.decode(start).toString().startsWith("version ht")) {
            throw new CheckpointException(bytes.file(), "is a Git LFS pointer, not the weights; run 'git lfs pull'");
        }
        throw new CheckpointException(
                bytes.file(), "is neither safetensors nor a PyTorch weight file; convert it to model.safetensors");
    }
}
