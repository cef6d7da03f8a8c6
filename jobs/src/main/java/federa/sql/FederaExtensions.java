package federa.sql;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.Function1;
import scala.Tuple3;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * The SQL functions {@code federa_classify}, {@code federa_entities}, {@code federa_answer}, {@code federa_tokenize} and
 * {@code federa_embed}, for {@code spark.sql.extensions}. Runs and models are those of the warehouse that
 * {@code spark.federa.warehouse} names.
 */
public final class FederaExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

    @Override
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        for (SqlFunction function : SqlFunction.values()) {
            Function1<Seq<Expression>, Expression> call = function::call;
            extensions.injectFunction(new Tuple3<>(new FunctionIdentifier(function.sqlName()), info(function), call));
        }
        // After columns were pruned and filters pushed down, neither of which gets past the model.
        extensions.injectPreCBORule(EvaluateModelCalls::new);
        return BoxedUnit.UNIT;
    }

    private static ExpressionInfo info(SqlFunction function) {
        return new ExpressionInfo(
                ModelCall.class.getName(), null, function.sqlName(), function.usage(), "", "", "", "", "", "", "");
    }
}
