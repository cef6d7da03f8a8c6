package federa.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.Metadata;
import scala.Option;
import scala.PartialFunction;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.runtime.AbstractPartialFunction;

/**
 * Replaces each {@link ModelCall} by a column that the model adds to the partitions below, as the {@code score} job does:
 * first below the node that holds the call comes a {@code mapPartitions} over that node's input.
 */
final class EvaluateModelCalls extends Rule<LogicalPlan> {

    private final SparkSession spark;

    EvaluateModelCalls(SparkSession spark) {
        this.spark = spark;
    }

    @Override
    public LogicalPlan apply(LogicalPlan plan) {
        return plan.transformDown(where(node -> holds(node) || holds(filterBelow(node)), this::evaluate));
    }

    private LogicalPlan evaluate(LogicalPlan node) {
        Map<Expression, Attribute> values = new LinkedHashMap<>();
        if (!narrows(node)) {
            LogicalPlan answered = answer(node instanceof Filter filter ? callsLast(filter) : node, values);
            return answered.output().equals(node.output()) ? answered : new Project(widen(node.output()), answered);
        }
        // The model's input gets only the columns that are used, and a call that the filter has made is not made again.
        LogicalPlan input = list(node.children()).get(0);
        if (holds(filterBelow(node))) {
            Filter filter = callsLast((Filter) input);
            Project needed = only(filter.child(), node.references(), filter.references());
            input = answer(new Filter(filter.condition(), needed), values);
        } else {
            input = only(input, node.references(), node.references());
        }
        return answer(node.withNewChildren(seq(List.of(input))), values);
    }

    /** Whether the node's output does not have all columns of its input. */
    private static boolean narrows(LogicalPlan node) {
        return node instanceof Project || node instanceof Aggregate;
    }

    private static LogicalPlan filterBelow(LogicalPlan node) {
        return narrows(node) && list(node.children()).get(0) instanceof Filter filter ? filter : null;
    }

    private static boolean holds(LogicalPlan node) {
        return node != null && !innermost(node).isEmpty();
    }

    private static Project only(LogicalPlan plan, AttributeSet some, AttributeSet others) {
        List<NamedExpression> used = new ArrayList<>();
        for (Attribute column : list(plan.output())) {
            if (some.contains(column) || others.contains(column)) {
                used.add(column);
            }
        }
        return new Project(seq(used), plan);
    }

    /** The node with its calls replaced by columns of its children, innermost first: a call may be an argument of another. */
    private LogicalPlan answer(LogicalPlan node, Map<Expression, Attribute> values) {
        LogicalPlan open = node.transformExpressions(known(values));
        for (List<ModelCall> calls = innermost(open); !calls.isEmpty(); calls = innermost(open)) {
            open = extendBelow(open, calls, values).transformExpressions(known(values));
        }
        return open;
    }

    private static PartialFunction<Expression, Expression> known(Map<Expression, Attribute> values) {
        return where(
                expression -> expression instanceof ModelCall && values.containsKey(expression.canonicalized()),
                expression -> values.get(expression.canonicalized()));
    }

    /** The node over children that have the values of these calls. */
    private LogicalPlan extendBelow(LogicalPlan node, List<ModelCall> calls, Map<Expression, Attribute> values) {
        List<LogicalPlan> children = new ArrayList<>();
        for (LogicalPlan child : list(node.children())) {
            LogicalPlan extended = child;
            for (ModelCall call : calls) {
                if (!values.containsKey(call.canonicalized())
                        && call.references().subsetOf(child.outputSet())) {
                    extended = extend(extended, call);
                    values.put(
                            call.canonicalized(),
                            list(extended.output()).get(extended.output().size() - 1));
                }
            }
            children.add(extended);
        }
        for (ModelCall call : calls) {
            if (!values.containsKey(call.canonicalized())) {
                throw Refusal.of(
                        "%s reads columns of more than one side of a join; join first, and call it in an outer query"
                                .formatted(call.sql()),
                        null);
            }
        }
        return node.withNewChildren(seq(children));
    }

    /** The plan with what the model says as its last column; all others stay as they are. */
    private LogicalPlan extend(LogicalPlan plan, ModelCall call) {
        List<Attribute> kept = list(plan.output());
        List<NamedExpression> columns = new ArrayList<>(kept);
        for (Expression input : list(call.children())) {
            columns.add(alias(input, "input", NamedExpression.newExprId(), Option.empty()));
        }
        Project inputs = new Project(seq(columns), plan);
        // The plan is optimized and must not be analyzed again: a relation of the same columns stands in for it.
        List<Attribute> unnamed = new ArrayList<>();
        for (Attribute column : list(inputs.output())) {
            unnamed.add(column.withName("c" + unnamed.size())); // names may repeat in a plan, but not in a DataFrame
        }
        Dataset<Row> rows = Dataset.ofRows(spark, new LocalRelation(seq(unnamed), seq(List.of()), false));
        Dataset<Row> extended = call.model()
                .apply(
                        rows,
                        unnamed.subList(kept.size(), unnamed.size()).stream()
                                .map(Attribute::name)
                                .toList());
        LogicalPlan scored = extended.queryExecution()
                .analyzed()
                .transformUp(where(node -> node instanceof LocalRelation, standIn -> inputs));
        List<Attribute> out = list(scored.output());
        List<NamedExpression> named = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) {
            Attribute column = kept.get(i);
            named.add(alias(out.get(i), column.name(), column.exprId(), Option.apply(column.metadata())));
        }
        Attribute value = out.get(extended.schema().fieldIndex(call.function().column()));
        named.add(alias(value, call.function().sqlName(), NamedExpression.newExprId(), Option.empty()));
        return new Project(seq(named), scored);
    }

    /** A filter by calls over a filter by everything else, so that the model sees only the rows that it must. */
    private static Filter callsLast(Filter filter) {
        List<Expression> calls = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        for (Expression part : conjuncts(filter.condition())) {
            (callsOf(part).isEmpty() && part.deterministic() ? others : calls).add(part);
        }
        return others.isEmpty() ? filter : new Filter(all(calls), new Filter(all(others), filter.child()));
    }

    private static List<Expression> conjuncts(Expression condition) {
        if (!(condition instanceof And and)) {
            return List.of(condition);
        }
        List<Expression> parts = new ArrayList<>(conjuncts(and.left()));
        parts.addAll(conjuncts(and.right()));
        return parts;
    }

    private static Expression all(List<Expression> parts) {
        return parts.stream().reduce(And::new).orElseThrow();
    }

    /** The calls of a node that have no call among their arguments. */
    private static List<ModelCall> innermost(LogicalPlan node) {
        List<ModelCall> calls = new ArrayList<>();
        list(node.expressions()).forEach(expression -> calls.addAll(callsOf(expression)));
        return calls;
    }

    private static List<ModelCall> callsOf(Expression expression) {
        List<ModelCall> calls = new ArrayList<>();
        list(expression.children()).forEach(child -> calls.addAll(callsOf(child)));
        if (calls.isEmpty() && expression instanceof ModelCall call) {
            calls.add(call);
        }
        return calls;
    }

    private static Alias alias(Expression expression, String name, ExprId id, Option<Metadata> metadata) {
        return new Alias(expression, name, id, seq(List.of()), metadata, seq(List.of()));
    }

    private static Seq<NamedExpression> widen(Seq<Attribute> attributes) {
        return seq(new ArrayList<NamedExpression>(list(attributes)));
    }

    private static <T> List<T> list(Seq<T> values) {
        return JavaConverters.seqAsJavaList(values);
    }

    private static <T> Seq<T> seq(List<T> values) {
        return JavaConverters.asScalaBuffer(values).toList();
    }

    private static <T> PartialFunction<T, T> where(Predicate<T> defined, UnaryOperator<T> function) {
        return new AbstractPartialFunction<>() {
            @Override
            public boolean isDefinedAt(T value) {
                return defined.test(value);
            }

            @Override
            public T apply(T value) {
                return function.apply(value);
            }
        };
    }
}
