package federa.ml;

import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/** Finds the parts of a context that answer a question. */
public final class FederatedQuestionAnsweringModel extends FederatedModel<FederatedQuestionAnsweringModel>
        implements QuestionAnswererParams<FederatedQuestionAnsweringModel> {

    public FederatedQuestionAnsweringModel() {
        this(Identifiable.randomUID("federatedQuestionAnsweringModel"));
    }

    public FederatedQuestionAnsweringModel(String uid) {
        super(uid);
    }

    /** Reads what {@code save} wrote. */
    public static MLReader<FederatedQuestionAnsweringModel> read() {
        return new Reader<>();
    }

    public static FederatedQuestionAnsweringModel load(String path) {
        return read().load(path);
    }

    @Override
    void declare(ParamTable params) {
        QuestionAnswererParams.declare(params);
    }

    @Override
    String task() {
        return "qa";
    }

    @Override
    Map<String, Param<String>> columns() {
        return Map.of(
                "text",
                contextCol(),
                "question",
                questionCol(),
                "prediction",
                predictionCol(),
                "probability",
                probabilityCol(),
                "predicted_answers",
                predictedAnswersCol());
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return predicted(schema);
    }
}
