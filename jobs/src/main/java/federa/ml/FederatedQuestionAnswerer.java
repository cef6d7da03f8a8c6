package federa.ml;

import federa.prepare.Given;
import federa.prepare.Kind;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Learns to find the part of a context that answers a question.
 *
 * <p>Its {@code partitioner} is {@code cluster-dirichlet} by default, since questions have no labels.
 */
public final class FederatedQuestionAnswerer
        extends FederatedEstimator<FederatedQuestionAnswerer, FederatedQuestionAnsweringModel>
        implements QuestionAnswererParams<FederatedQuestionAnswerer> {

    public FederatedQuestionAnswerer() {
        this(Identifiable.randomUID("federatedQuestionAnswerer"));
    }

    public FederatedQuestionAnswerer(String uid) {
        super(uid);
    }

    /** Reads what {@code save} wrote. */
    public static MLReader<FederatedQuestionAnswerer> read() {
        return new DefaultParamsReader<>();
    }

    public static FederatedQuestionAnswerer load(String path) {
        return read().load(path);
    }

    /** The column with an array of answers, each a part of the context. */
    public Param<String> answersCol() {
        return text("answersCol");
    }

    public FederatedQuestionAnswerer setAnswersCol(String value) {
        return with(answersCol(), value);
    }

    /** The column with an array of where each answer starts, in Unicode code points from 0, as SQuAD counts. */
    public Param<String> startsCol() {
        return text("startsCol");
    }

    public FederatedQuestionAnswerer setStartsCol(String value) {
        return with(startsCol(), value);
    }

    @Override
    void declare(ParamTable params) {
        QuestionAnswererParams.declare(params);
        params.column("answersCol", "answers", "the column with an array of answers, each a part of the context");
        params.column("startsCol", "starts", "the column with where each answer starts, in code points from 0");
    }

    @Override
    String task() {
        return "qa";
    }

    @Override
    Given given(StructType schema) {
        return new Given(Kind.QUESTIONS, false);
    }

    @Override
    Map<String, Column> examples(Given given) {
        return Map.of(
                "text", column(contextCol()),
                "question", column(questionCol()),
                "answers", column(answersCol()),
                "starts", column(startsCol()),
                "label", clientOr("given"));
    }

    @Override
    FederatedQuestionAnsweringModel model(String uid) {
        return new FederatedQuestionAnsweringModel(uid);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        super.transformSchema(schema);
        Columns.require(schema, this, answersCol(), DataTypes.createArrayType(DataTypes.StringType));
        Columns.require(schema, this, startsCol(), DataTypes.createArrayType(DataTypes.IntegerType));
        return predicted(schema);
    }
}
