package federa.encoder;

/** XLM-RoBERTa: RoBERTa over another vocabulary; its checkpoints name tensors as RoBERTa's do. */
public final class XlmRobertaFamily extends RobertaFamily {

    @Override
    public String modelType() {
        return "xlm-roberta";
    }

    @Override
    public String className() {
        return "XLMRoberta";
    }
}
