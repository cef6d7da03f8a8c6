package federa.encoder;

import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * DeBERTa-v2 as the DeBERTaV3 checkpoints configure it: relative positions and no absolute ones. What a configuration
 * leaves out means off, as it does to transformers, so one of DeBERTa-v2 that is not V3 is refused.
 *
 * @see <a href="https://arxiv.org/abs/2111.09543">DeBERTaV3</a>
 */
public class DebertaFamily implements EncoderFamily {

    static final String PREFIX = "deberta.";

    /** Absolute positions, which V3 does not add, buffers, the discriminator's head, and the word embeddings once more. */
    private static final Pattern EXTRA =
            Pattern.compile("deberta\\.embeddings\\.(position_embeddings\\.weight|position_ids)|mask_predictions\\..*"
                    + "|(cls\\.predictions|lm_predictions\\.lm_head)\\.decoder\\..*");

    /** Longer than any text; a configuration that asks for more is damaged. */
    private static final int MOST_POSITIONS = 1 << 20;

    @Override
    public String modelType() {
        return "deberta-v2";
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public String className() {
        return "DebertaV2";
    }

    @Override
    public EncoderConfig config(ConfigJson json) {
        json.require("relative_attention", "true", "false");
        json.require("share_att_key", "true", "false");
        json.require("position_biased_input", "false", "true");
        json.require("norm_rel_ebd", "layer_norm", "none");
        json.require("pooler_hidden_act", "gelu", "gelu");
        json.require("conv_kernel_size", "0", "0");
        json.require("type_vocab_size", "0", "0");
        json.requireSize("pooler_hidden_size", json.whole("hidden_size"));
        Set<String> terms = json.names("pos_att_type");
        if (!terms.equals(Set.of("c2p", "p2c"))) {
            throw new InvalidInputException("pos_att_type must be p2c|c2p, as in DeBERTaV3, got %s"
                    .formatted(terms.isEmpty() ? "none" : terms));
        }
        return json.config(0, relative(json), json.whole("pad_token_id", 0), 1e-7, json.dropout("cls_dropout"));
    }

    private static RelativePositions relative(ConfigJson json) {
        int farthest = json.whole("max_relative_positions", -1);
        RelativePositions relative = new RelativePositions(
                json.whole("position_buckets", -1), farthest < 1 ? json.whole("max_position_embeddings") : farthest);
        if (Math.max(relative.farthest(), relative.buckets()) > MOST_POSITIONS) {
            throw new InvalidInputException(
                    "position_buckets %d and max_relative_positions (or max_position_embeddings) %d must be at most %d"
                            .formatted(relative.buckets(), relative.farthest(), MOST_POSITIONS));
        }
        return relative;
    }

    @Override
    public int maxTokens(EncoderConfig config) {
        return config.positions();
    }

    @Override
    public Encoder encoder(Wiring wiring, EncoderConfig config) {
        return new Deberta(wiring, config);
    }

    @Override
    public Map<String, long[]> encoderShapes(EncoderConfig config) {
        return Deberta.tensorShapes(config);
    }

    @Override
    public HeadDesign head(HeadKind kind) {
        return switch (kind) {
            case SEQUENCE -> new ClassificationHead.Design(
                    "pooler.dense", "classifier", HiddenActivation.GELU, DropoutRates::pooler, DropoutRates::head);
            case TOKENS -> new TokenHead.Tokens("classifier", DropoutRates::hidden);
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
        return List.of("query_proj", "value_proj");
    }

    /** The pooler is no part of the encoder here: it belongs to the classifier, and has its name. */
    @Override
    public List<String> parts() {
        return List.of("embeddings.", "encoder.");
    }

    /** The published checkpoints have the masked-LM head under a name of their own. */
    @Override
    public String canonical(String name) {
        return name.replaceFirst("^lm_predictions\\.lm_head\\.bias$", "cls.predictions.bias")
                .replaceFirst("^lm_predictions\\.lm_head\\.(dense|LayerNorm)\\.", "cls.predictions.transform.$1.");
    }

    @Override
    public boolean isExtra(String name) {
        return EXTRA.matcher(name).matches();
    }

    @Override
    public EncoderScript script(EncoderConfig config) {
        RelativePositions relative = config.relative();
        return EncoderScript.of(config, "deberta.py.txt")
                .withLayerInput("byDistance")
                .with("scale", Math.sqrt((double) DisentangledAttention.TERMS * config.headSize()))
                .with("farthest", relative.farthest())
                .with("nearest", -relative.farthest())
                .withBuffer("rows", rows(relative));
    }

    /** The rows for the distances up to the farthest that has one of its own; those beyond share the last. */
    private static Tensor rows(RelativePositions relative) {
        int farthest = relative.farthest();
        float[] rows = new float[2 * farthest + 1];
        for (int distance = -farthest; distance <= farthest; distance++) {
            rows[distance + farthest] = relative.row(distance);
        }
        return new Tensor(new long[] {rows.length}, rows);
    }
}
