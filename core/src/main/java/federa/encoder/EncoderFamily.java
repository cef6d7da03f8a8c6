package federa.encoder;

import federa.spi.InvalidInputException;
import java.util.List;
import java.util.Map;

/**
 * A kind of encoder, by its {@code model_type}: what its {@code config.json} may say, which blocks it is built of, what
 * its tensors are called in a checkpoint, and how it is written as TorchScript. One file per family.
 *
 * <p>Families are found by {@link java.util.ServiceLoader}, so they have a public constructor without arguments and no
 * state.
 */
public interface EncoderFamily {

    /** The {@code model_type} of {@code config.json}. */
    String modelType();

    /** What every tensor name of the encoder starts with, such as {@code roberta.}. */
    String prefix();

    /** What the names of its classes in the transformers library start with, such as {@code Roberta}. */
    String className();

    /**
     * The sizes and settings of a {@code config.json}. A key that is left out means what it means to transformers.
     *
     * @throws InvalidInputException naming a key that is missing, or whose value this family does not compute with
     */
    EncoderConfig config(ConfigJson json);

    /** The longest text in tokens, special tokens included. */
    int maxTokens(EncoderConfig config);

    /** An encoder bound to the wiring's tensors. */
    Encoder encoder(Wiring wiring, EncoderConfig config);

    /** The names and shapes of the encoder's tensors, in checkpoint order. */
    Map<String, long[]> encoderShapes(EncoderConfig config);

    /** How a head of this kind looks on this family's encoders. */
    HeadDesign head(HeadKind kind);

    /** The layers that carry adapters where nobody names others: query and value, by the last part of their names. */
    List<String> targets();

    /** The encoder as TorchScript source. */
    EncoderScript script(EncoderConfig config);

    /** What the names of the encoder's parts start with in a checkpoint that was saved without {@link #prefix}. */
    default List<String> parts() {
        return List.of("embeddings.", "encoder.", "pooler.");
    }

    /** The name that this project uses for a tensor that some checkpoints call otherwise, {@link #prefix} included. */
    default String canonical(String name) {
        return name;
    }

    /** Whether published checkpoints have a tensor of this name though no model that is trained here computes with it. */
    boolean isExtra(String name);

    /**
     * The names and shapes of a head's tensors.
     *
     * @param outputs classes, where the kind does not say how many there are
     */
    default Map<String, long[]> headShapes(HeadKind kind, EncoderConfig config, int outputs) {
        return head(kind).tensorShapes(config, outputs);
    }

    /** The linear layers of the encoder by name, each with the shape (out, in) of its weight. */
    default Map<String, long[]> linearLayers(EncoderConfig config) {
        TensorShapes layers = new TensorShapes();
        encoderShapes(config).forEach((name, shape) -> {
            if (name.startsWith(prefix() + "encoder.layer.") && shape.length == 2) {
                layers.add(name.substring(0, name.length() - ".weight".length()), shape);
            }
        });
        return layers.byName();
    }

    /** The sub-layers of the encoder by name: the ends of attention and feed-forward, where adapters can sit. */
    default List<String> subLayers(EncoderConfig config) {
        return linearLayers(config).keySet().stream()
                .filter(name -> name.endsWith("output.dense"))
                .map(name -> name.substring(0, name.length() - ".dense".length()))
                .toList();
    }
}
