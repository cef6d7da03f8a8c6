package federa.encoder;

import federa.spi.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * RoBERTa: positions that start after the padding id, and one token type.
 *
 * @see <a href="https://arxiv.org/abs/1907.11692">RoBERTa</a>
 */
public class RobertaFamily implements EncoderFamily {

    /** The pooler, which no head of this family reads, buffers, and the word embeddings once more. */
    private static final Pattern EXTRA = Pattern.compile(
            "roberta\\.pooler\\..*|roberta\\.embeddings\\.(position_ids|token_type_ids)|lm_head\\.decoder\\..*");

    @Override
    public String modelType() {
        return "roberta";
    }

    @Override
    public String prefix() {
        return "roberta.";
    }

    @Override
    public String className() {
        return "Roberta";
    }

    @Override
    public EncoderConfig config(ConfigJson json) {
        json.requireOrdinaryAttention();
        if (json.isNull("pad_token_id")) {
            throw new InvalidInputException(
                    "pad_token_id is null, but RoBERTa counts positions from it; it is 1 in the" + " published models");
        }
        EncoderConfig config = json.config(
                json.tokenTypes(), null, json.whole("pad_token_id", 1), 1e-12, json.dropout("classifier_dropout"));
        if (maxTokens(config) < 1) {
            throw new InvalidInputException("max_position_embeddings %d must be above pad_token_id + 1, which is %d"
                    .formatted(config.positions(), config.padId() + 1));
        }
        return config;
    }

    @Override
    public int maxTokens(EncoderConfig config) {
        return config.positions() - config.padId() - 1;
    }

    @Override
    public Encoder encoder(Wiring wiring, EncoderConfig config) {
        return new AbsoluteEncoder(wiring, config, Embeddings.Kind.ROBERTA);
    }

    @Override
    public Map<String, long[]> encoderShapes(EncoderConfig config) {
        return AbsoluteEncoder.tensorShapes(config).byName();
    }

    @Override
    public HeadDesign head(HeadKind kind) {
        return switch (kind) {
            case SEQUENCE -> new ClassificationHead.Design(
                    "classifier.dense",
                    "classifier.out_proj",
                    HiddenActivation.TANH,
                    DropoutRates::head,
                    DropoutRates::head);
            case TOKENS -> new TokenHead.Tokens("classifier", DropoutRates::head);
            case SPAN -> new TokenHead.Span("qa_outputs");
            case VOCABULARY -> new VocabularyHead.Design(
                    "lm_head.dense", "lm_head.layer_norm", "lm_head.bias", config -> HiddenActivation.GELU);
        };
    }

    @Override
    public List<String> targets() {
        return List.of("query", "value");
    }

    @Override
    public boolean isExtra(String name) {
        return EXTRA.matcher(name).matches();
    }

    @Override
    public EncoderScript script(EncoderConfig config) {
        return EncoderScript.of(config, "roberta.py.txt", "absolute.py.txt")
                .with("pad", config.padId())
                .with("scale", Math.sqrt(config.headSize()));
    }
}
