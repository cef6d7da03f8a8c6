package federa.sql;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import scala.collection.IndexedSeq;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * A question to a model in a query. It marks the place: {@link EvaluateModelCalls} replaces it by a column that the model
 * adds to whole partitions, since a model wants many rows at once.
 */
final class ModelCall extends Expression implements Unevaluable {

    private static final long serialVersionUID = 1L;

    private final SqlFunction function;
    private final String name;
    private final transient SqlFunction.Model model;
    private final Seq<Expression> inputs;

    ModelCall(SqlFunction function, String name, SqlFunction.Model model, List<Expression> inputs) {
        this(function, name, model, JavaConverters.asScalaBuffer(inputs).toList());
    }

    private ModelCall(SqlFunction function, String name, SqlFunction.Model model, Seq<Expression> inputs) {
        this.function = function;
        this.name = name;
        this.model = model;
        this.inputs = inputs;
    }

    SqlFunction function() {
        return function;
    }

    SqlFunction.Model model() {
        return model;
    }

    @Override
    public Seq<Expression> children() {
        return inputs;
    }

    @Override
    public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
        return new ModelCall(function, name, model, children.toList());
    }

    @Override
    public DataType dataType() {
        return function.type();
    }

    @Override
    public boolean nullable() {
        return true;
    }

    @Override
    public boolean foldable() {
        return false;
    }

    @Override
    public Object eval(InternalRow row) {
        throw new UnsupportedOperationException(sql() + " cannot be evaluated row by row");
    }

    @Override
    public ExprCode doGenCode(CodegenContext context, ExprCode code) {
        throw new UnsupportedOperationException(sql() + " cannot be evaluated row by row");
    }

    @Override
    public String prettyName() {
        return function.sqlName();
    }

    @Override
    public String sql() {
        String arguments = JavaConverters.seqAsJavaList(inputs).stream()
                .map(Expression::sql)
                .collect(Collectors.joining(", "));
        return "%s('%s', %s)".formatted(function.sqlName(), name, arguments);
    }

    @Override
    public String toString() {
        return "%s(%s, %s)".formatted(function.sqlName(), name, inputs.mkString(", "));
    }

    @Override
    public int productArity() {
        return 3;
    }

    @Override
    public Object productElement(int place) {
        return switch (place) {
            case 0 -> function;
            case 1 -> name;
            default -> inputs;
        };
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof ModelCall;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModelCall call
                && function == call.function
                && name.equals(call.name)
                && inputs.equals(call.inputs);
    }

    @Override
    public int hashCode() {
        return Objects.hash(function, name, inputs);
    }
}
