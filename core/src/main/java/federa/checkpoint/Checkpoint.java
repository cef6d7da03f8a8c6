package federa.checkpoint;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;

/**
 * The named tensors of one weight file. Opening reads and checks the table of contents; a tensor's data is looked at
 * when it is asked for. Safe for use by several threads.
 */
public sealed interface Checkpoint extends Closeable permits Safetensors, TorchFile {
    /** The file the tensors come from. */
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
     * Opens a weight file, or the one in a Hugging Face model directory. What it is follows from its first bytes:
     * safetensors, or {@code torch.save} in zip form (PyTorch 1.6 and later) or in legacy pickle form.
     */
    static Checkpoint open(Path fileOrDirectory) {
        Path file = Files.isDirectory(fileOrDirectory) ? weightsIn(fileOrDirectory) : fileOrDirectory;
        FileBytes bytes = FileBytes.open(file);
        try {
            return open(bytes);
        } catch (RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** {@code model.safetensors} of a Hugging Face model directory, else {@code pytorch_model.bin}. */
    static Path weightsIn(Path directory) {
        for (String name : List.of("model.safetensors", "pytorch_model.bin")) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        for (String name : List.of("model.safetensors.index.json", "pytorch_model.bin.index.json")) {
            if (Files.exists(directory.resolve(name))) {
                throw new CheckpointException(
                        directory.resolve(name),
                        "weights split over several files are not supported; save the model with a max_shard_size"
                                + " above its size");
            }
        }
        throw new CheckpointException(
                directory,
                "holds neither model.safetensors nor pytorch_model.bin; give a Hugging Face model directory");
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
