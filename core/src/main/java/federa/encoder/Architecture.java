package federa.encoder;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The encoder architectures that this project knows, by their {@code model_type}. */
public enum Architecture {
    /** RoBERTa: absolute positions, one token type. */
    ROBERTA("roberta", Roberta.PREFIX),
    /** XLM-RoBERTa: RoBERTa over another vocabulary; its checkpoints name tensors as RoBERTa's do. */
    XLM_ROBERTA("xlm-roberta", Roberta.PREFIX),
    /** DeBERTa-v2 as the published DeBERTaV3 checkpoints configure it: relative positions, no absolute ones. */
    DEBERTA_V2("deberta-v2", Deberta.PREFIX) {
        @Override
        public Encoder encoder(Wiring wiring, EncoderConfig config) {
            return new Deberta(wiring, config);
        }

        @Override
        public Map<String, long[]> encoderShapes(EncoderConfig config) {
            return Deberta.tensorShapes(config);
        }

        @Override
        Head head(HeadKind kind, Wiring wiring, EncoderConfig config, int outputs) {
            return switch (kind) {
                case SEQUENCE -> new PooledHead(wiring, config, outputs);
                case TOKENS -> new TokenHead(
                        wiring,
                        TokenHead.CLASSIFIER,
                        config,
                        outputs,
                        config.dropout().hidden());
                case SPAN -> new TokenHead(wiring, TokenHead.SPAN, config, 2, 0);
                case VOCABULARY -> new VocabularyHead(wiring, VocabularyHead.Names.DEBERTA, config);
            };
        }

        @Override
        public Map<String, long[]> headShapes(HeadKind kind, EncoderConfig config, int outputs) {
            return switch (kind) {
                case SEQUENCE -> PooledHead.tensorShapes(config, outputs);
                case TOKENS -> TokenHead.tensorShapes(TokenHead.CLASSIFIER, config, outputs);
                case SPAN -> TokenHead.tensorShapes(TokenHead.SPAN, config, 2);
                case VOCABULARY -> VocabularyHead.tensorShapes(VocabularyHead.Names.DEBERTA, config);
            };
        }
    };

    private final String modelType;
    private final String prefix;

    Architecture(String modelType, String prefix) {
        this.modelType = modelType;
        this.prefix = prefix;
    }

    /** The architecture with this {@code model_type}. */
    static Architecture of(String modelType) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.modelType.equals(modelType))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("model_type is '%s'; this version knows %s"
                        .formatted(
                                modelType,
                                Arrays.stream(values()).map(a -> a.modelType).toList())));
    }

    /** As {@code config.json} has it. */
    public String modelType() {
        return modelType;
    }

    /** What every tensor name of the encoder starts with. */
    public String prefix() {
        return prefix;
    }

    /** An encoder bound to the wiring's tensors. */
    public Encoder encoder(Wiring wiring, EncoderConfig config) {
        return new Roberta(wiring, config);
    }

    /** A head bound to the wiring's tensors. */
    Head head(HeadKind kind, Wiring wiring, EncoderConfig config, int outputs) {
        return switch (kind) {
            case SEQUENCE -> new ClassificationHead(wiring, config, outputs);
            case TOKENS -> new TokenHead(
                    wiring,
                    TokenHead.CLASSIFIER,
                    config,
                    outputs,
                    config.dropout().head());
            case SPAN -> new TokenHead(wiring, TokenHead.SPAN, config, 2, 0);
            case VOCABULARY -> new VocabularyHead(wiring, VocabularyHead.Names.ROBERTA, config);
        };
    }

    /** The names and shapes of the encoder's tensors, in checkpoint order. */
    public Map<String, long[]> encoderShapes(EncoderConfig config) {
        return Roberta.tensorShapes(config);
    }

    /**
     * The names and shapes of a head's tensors.
     *
     * @param outputs classes, where the kind does not say how many there are
     */
    public Map<String, long[]> headShapes(HeadKind kind, EncoderConfig config, int outputs) {
        return switch (kind) {
            case SEQUENCE -> ClassificationHead.tensorShapes(config, outputs);
            case TOKENS -> TokenHead.tensorShapes(TokenHead.CLASSIFIER, config, outputs);
            case SPAN -> TokenHead.tensorShapes(TokenHead.SPAN, config, 2);
            case VOCABULARY -> VocabularyHead.tensorShapes(VocabularyHead.Names.ROBERTA, config);
        };
    }

    /** The linear layers of the encoder by name, each with the shape (out, in) of its weight. */
    public Map<String, long[]> linearLayers(EncoderConfig config) {
        TensorShapes layers = new TensorShapes();
        encoderShapes(config).forEach((name, shape) -> {
            if (name.startsWith(prefix + "encoder.layer.") && shape.length == 2) {
                layers.add(name.substring(0, name.length() - ".weight".length()), shape);
            }
        });
        return layers.byName();
    }

    /** The sub-layers of the encoder by name: the ends of attention and feed-forward, where adapters can sit. */
    public List<String> subLayers(EncoderConfig config) {
        return linearLayers(config).keySet().stream()
                .filter(name -> name.endsWith("output.dense"))
                .map(name -> name.substring(0, name.length() - ".dense".length()))
                .toList();
    }
}
