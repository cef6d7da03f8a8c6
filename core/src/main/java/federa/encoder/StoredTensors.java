package federa.encoder;

import federa.checkpoint.Checkpoint;
import federa.checkpoint.Tensor;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tensors of a checkpoint by the names that this project has for them: with the prefix of the family, also where a bare
 * encoder was saved without it, and with LayerNorm's {@code weight} and {@code bias}, also where an old file says {@code
 * gamma} and {@code beta}. Closing it closes the checkpoint.
 */
final class StoredTensors implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoredTensors.class);

    private final Checkpoint checkpoint;
    private final EncoderConfig config;
    private final EncoderFamily family;

    /** No name starts with the family's prefix. */
    private final boolean bare;

    /** The names in the file by ours. */
    private final SortedMap<String, String> stored = new TreeMap<>();

    StoredTensors(Checkpoint checkpoint, EncoderConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
        family = config.family();
        bare = checkpoint.names().stream().noneMatch(name -> name.startsWith(family.prefix()));
        for (String name : checkpoint.names()) {
            String other = stored.putIfAbsent(ours(name), name);
            if (other != null) {
                throw new InvalidInputException("%s: has the tensor %s twice, as %s and as %s; save the model again"
                        .formatted(checkpoint.file(), ours(name), other, name));
            }
        }
    }

    private String ours(String name) {
        String modern = name.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
        boolean ofBare = bare && family.parts().stream().anyMatch(modern::startsWith);
        return family.canonical(ofBare ? family.prefix() + modern : modern);
    }

    /** The name in the file, or what it would be there. */
    private String theirs(String name) {
        String expected = bare && name.startsWith(family.prefix())
                ? name.substring(family.prefix().length())
                : name;
        return stored.getOrDefault(name, expected);
    }

    /**
     * The tensor of this name.
     *
     * @throws InvalidInputException if there is none; the message lists names that look alike
     */
    Tensor get(String name) {
        return checkpoint.tensor(theirs(name));
    }

    /**
     * Checks that the file has every tensor of the encoder in the right shape, and none besides, without reading their data.
     *
     * @throws InvalidInputException naming the tensor that is missing, of the wrong shape or not used
     */
    void requireComplete() {
        requireLayers();
        Map<String, long[]> encoder = family.encoderShapes(config);
        encoder.forEach((name, shape) -> requireShape(get(name).shape(), shape, theirs(name)));
        Set<String> heads = headNames();
        List<String> others = new ArrayList<>();
        for (String name : stored.keySet()) {
            if (encoder.containsKey(name) || heads.contains(name) || family.isExtra(name)) {
                continue;
            }
            if (bare || name.startsWith(family.prefix())) {
                throw new InvalidInputException(
                        ("%s: a %s encoder with this config.json has no place for the tensor %s, so it would compute something"
                                        + " else than the file was made for; use the config.json that came with the weights")
                                .formatted(checkpoint.file(), config.modelType(), stored.get(name)));
            }
            others.add(stored.get(name));
        }
        if (!others.isEmpty()) {
            LOG.info("tensors of {} that are not the encoder's and are not used: {}", checkpoint.file(), others);
        }
    }

    /**
     * Checks that the weights of the encoder and of heads are finite numbers, for which all of them are read.
     *
     * @throws InvalidInputException naming the tensor that has another element
     */
    void requireFinite() {
        Set<String> used = new TreeSet<>(family.encoderShapes(config).keySet());
        used.addAll(headNames());
        used.retainAll(stored.keySet());
        used.forEach(name -> get(name).requireFinite(checkpoint.file()));
    }

    /** Before the shapes of all layers are listed: a damaged configuration can ask for any number of them. */
    private void requireLayers() {
        String start = family.prefix() + "encoder.layer.";
        long layers = stored.keySet().stream()
                .filter(name -> name.startsWith(start))
                .map(name -> name.substring(start.length()).split("\\.", 2)[0])
                .distinct()
                .count();
        if (layers == 0) {
            throw new InvalidInputException(
                    "%s: has no layers of a %s encoder, whose names start with %sencoder.layer. or encoder.layer.; its first tensor is %s"
                            .formatted(
                                    checkpoint.file(),
                                    config.modelType(),
                                    family.prefix(),
                                    stored.isEmpty() ? "none" : stored.get(stored.firstKey())));
        }
        if (config.layers() > layers) {
            throw new InvalidInputException(
                    ("%s: config.json asks for num_hidden_layers %d, but the weights have %d layers of a %s encoder; use the"
                                    + " config.json that came with the weights")
                            .formatted(checkpoint.file(), config.layers(), layers, config.modelType()));
        }
    }

    private void requireShape(long[] got, long[] expected, String name) {
        if (!Arrays.equals(got, expected)) {
            throw new InvalidInputException(
                    "%s: the tensor %s has shape %s, config.json asks for %s; use the config.json that came with the weights"
                            .formatted(checkpoint.file(), name, Arrays.toString(got), Arrays.toString(expected)));
        }
    }

    /** The names of the tensors that the file has of any head of the family. */
    Set<String> heads() {
        Set<String> names = headNames();
        return stored.keySet().stream().filter(names::contains).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Checks that a masked-LM head scores with the word embeddings, as all published ones of these families do.
     *
     * @throws InvalidInputException naming the matrix, if it has one of its own
     */
    void requireTiedDecoder() {
        for (String name : stored.keySet()) {
            if (name.endsWith(".decoder.weight")
                    && !Arrays.equals(
                            get(name).toFloats(), get(config.wordTable()).toFloats())) {
                throw new InvalidInputException(
                        ("%s: the tensor %s is not the word embeddings, but the masked-language-model head here scores with"
                                        + " these; use a model that was saved with tie_word_embeddings")
                                .formatted(checkpoint.file(), stored.get(name)));
            }
        }
    }

    private Set<String> headNames() {
        return Arrays.stream(HeadKind.values())
                .flatMap(kind -> family.headShapes(kind, config, 1).keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
