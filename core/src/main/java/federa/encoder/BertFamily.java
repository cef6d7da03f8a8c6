package federa.encoder;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * BERT: positions from 0 on, token types for the texts of a pair, and a pooler between the encoder and a classifier of
 * texts. The pooler belongs to that head: it is trained, aggregated and stored with it.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT</a>
 */
public class BertFamily implements EncoderFamily {

    /** Buffers, the head that tells whether two sentences follow each other, and the word embeddings once more. */
    private static final Pattern EXTRA = Pattern.compile("bert\\.embeddings\\.(position_ids|token_type_ids)"
            + "|cls\\.seq_relationship\\..*|cls\\.predictions\\.decoder\\..*");

    @Override
    public String modelType() {
        return "bert";
    }

    @Override
    public String prefix() {
        return "bert.";
    }

    @Override
    public String className() {
        return "Bert";
    }

    @Override
    public EncoderConfig config(ConfigJson json) {
        json.requireOrdinaryAttention();
        return json.config(
                json.tokenTypes(), null, json.whole("pad_token_id", 0), 1e-12, json.dropout("classifier_dropout"));
    }

    @Override
    public int maxTokens(EncoderConfig config) {
        return config.positions();
    }

    @Override
    public Encoder encoder(Wiring wiring, EncoderConfig config) {
        return new AbsoluteEncoder(wiring, config, Embeddings.Kind.BERT);
    }

    @Override
    public Map<String, long[]> encoderShapes(EncoderConfig config) {
        return AbsoluteEncoder.tensorShapes(config).byName();
    }

    @Override
    public HeadDesign head(HeadKind kind) {
        return switch (kind) {
            case SEQUENCE -> new ClassificationHead.Design(
                    "bert.pooler.dense", "classifier", HiddenActivation.TANH, rates -> 0, DropoutRates::head);
            case TOKENS -> new TokenHead.Tokens("classifier", DropoutRates::head);
            case SPAN -> new TokenHead.Span("qa_outputs");
            case VOCABULARY -> new VocabularyHead.Design(
                    "cls.predictions.transform.dense",
                    "cls.predictions.transform.LayerNorm",
                    "cls.predictions.bias",
                    EncoderConfig::activation);
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
        return EncoderScript.of(config, "bert.py.txt", "absolute.py.txt")
                .withTokenTypes()
                .with("lastType", Math.min(1, config.tokenTypes() - 1))
                .with("scale", Math.sqrt(config.headSize()));
    }
}
