package federa.tensor;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Named tensors in name order: a global model, a client's update, the adapters of a round. Immutable.
 *
 * <p>Names are those of the Hugging Face checkpoint ({@code roberta.encoder.layer.0.attention.self.query.weight}); an
 * adapter's tensors carry the name of the layer they adapt ({@code ...query.lora_A}).
 */
public final class TensorMap implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TreeMap<String, Tensor> tensors;

    /** Computed when it is first asked for, and again in each process. */
    private transient String identity;

    public TensorMap(Map<String, Tensor> tensors) {
        this.tensors = new TreeMap<>(tensors);
    }

    /** No tensors at all. */
    public static TensorMap empty() {
        return new TensorMap(Map.of());
    }

    /** The tensors by name, in name order, unmodifiable. */
    public SortedMap<String, Tensor> asMap() {
        return Collections.unmodifiableSortedMap(tensors);
    }

    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /** The tensor of this name; an {@link IllegalArgumentException} if there is none. */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no tensor " + name);
        }
        return tensor;
    }

    /** The tensors whose name passes. */
    public TensorMap where(Predicate<String> name) {
        TreeMap<String, Tensor> kept = new TreeMap<>(tensors);
        kept.keySet().removeIf(name.negate());
        return new TensorMap(kept);
    }

    /** These tensors and the others; on equal names the other's. */
    public TensorMap with(TensorMap other) {
        TreeMap<String, Tensor> all = new TreeMap<>(tensors);
        all.putAll(other.tensors);
        return new TensorMap(all);
    }

    public boolean isEmpty() {
        return tensors.isEmpty();
    }

    /** The shapes by name. */
    public SortedMap<String, long[]> shapes() {
        SortedMap<String, long[]> shapes = new TreeMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    /** The number of parameters (elements) over all tensors. */
    public long parameters() {
        return tensors.values().stream().mapToLong(t -> t.values().length).sum();
    }

    /** What these tensors weigh on the wire, in bytes of float32. */
    public long bytes() {
        return parameters() * Float.BYTES;
    }

    /** SHA-256, in hexadecimal, over all tensors' little-endian float32 bytes in name order. */
    public String sha256() {
        MessageDigest digest = newDigest();
        tensors.values().forEach(t -> t.digest(digest));
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * SHA-256, in hexadecimal, over names, shapes and bytes: equal for two maps only if they are the same tensors under the
     * same names. Computed once.
     */
    public synchronized String identity() {
        if (identity == null) {
            MessageDigest digest = newDigest();
            identify(digest);
            identity = HexFormat.of().formatHex(digest.digest());
        }
        return identity;
    }

    /** Feeds names, shapes and little-endian bytes, in name order, to a digest. */
    public void identify(MessageDigest digest) {
        tensors.forEach((name, tensor) -> {
            digest.update((name + Arrays.toString(tensor.shape()) + '\n').getBytes(StandardCharsets.UTF_8));
            tensor.digest(digest);
        });
    }

    /** SHA-256, in hexadecimal, of one tensor's little-endian float32 bytes. */
    public static String sha256(Tensor tensor) {
        MessageDigest digest = newDigest();
        tensor.digest(digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Checks that the other map has exactly these names and shapes.
     *
     * @throws IllegalArgumentException naming the first tensor that is missing, unexpected or of another shape
     */
    public void requireSameShapes(TensorMap other, String whose) {
        tensors.forEach((name, tensor) -> {
            Tensor theirs = other.tensors.get(name);
            if (theirs == null) {
                throw new IllegalArgumentException("%s lacks the tensor %s".formatted(whose, name));
            }
            if (!Arrays.equals(tensor.shape(), theirs.shape())) {
                throw new IllegalArgumentException("%s has the tensor %s with shape %s, expected %s"
                        .formatted(whose, name, Arrays.toString(theirs.shape()), Arrays.toString(tensor.shape())));
            }
        });
        for (String name : other.tensors.keySet()) {
            if (!tensors.containsKey(name)) {
                throw new IllegalArgumentException("%s has an unexpected tensor %s".formatted(whose, name));
            }
        }
    }

    /** A new SHA-256. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "TensorMap" + tensors;
    }
}
