package federa.report;

import federa.compare.Comparison;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that the page of a comparison shows.
 *
 * @param failures why runs failed, by run id
 * @param tunings candidates that were tried before
 */
public record ComparisonPage(Comparison comparison, Instant created, List<Failure> failures, List<Tuning> tunings) {

    /** A run that is not in the comparison. */
    public record Failure(String run, String error) {}

    /**
     * A candidate of a tuning.
     *
     * @param validation its metric on the validation examples; NaN if its run failed
     */
    public record Tuning(Map<String, String> setting, Map<String, String> keys, double validation, boolean chosen) {}

    /** The whole page, to be written as UTF-8. */
    public String html() {
        return HtmlReport.html(
                comparison.name(),
                List.of("dom.js", "charts.js", "sections.js", "comparison.js"),
                new Island(
                        comparison,
                        created.toString(),
                        comparison.scenarios().stream().map(s -> s.name()).toList(),
                        failures,
                        tunings));
    }

    /** The data island of the page. */
    record Island(
            Comparison comparison,
            String created,
            List<String> scenarios,
            List<Failure> failures,
            List<Tuning> tunings) {}
}
