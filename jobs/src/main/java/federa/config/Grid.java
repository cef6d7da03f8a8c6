package federa.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import federa.spi.InvalidInputException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A grid of experiments, as its file says it: each combination of an axis's values with a seed is a cell. The axes that are
 * compared make the contenders, the others the settings in which they meet.
 *
 * @param name of the comparison; every run's id begins with it
 * @param experiment file that all cells are based on, relative to the grid's
 * @param devices file of device profiles and links for simulated seconds, relative to the grid's; null for none
 * @param set keys of all cells
 * @param axes by name: by the value's name, the keys that it sets
 * @param seeds of the cells; all cells of a seed have the same clients, samples and orders of examples
 * @param compare the axes whose values are compared with each other
 * @param flatness the axis along which a contender's metric should stay level, such as alpha; null for none
 * @param tune what is settled on the validation examples before the cells run; null for none
 */
public record Grid(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) String experiment,
        String devices,
        Map<String, Object> set,
        @JsonProperty(required = true) Map<String, Map<String, Map<String, Object>>> axes,
        @JsonProperty(required = true) List<Long> seeds,
        @JsonProperty(required = true) List<String> compare,
        String flatness,
        Tune tune) {

    public Grid {
        requireValue("name", name);
        Check.name("name", name);
        requireValue("experiment", experiment);
        requireValue("axes", axes);
        requireValue("seeds", seeds);
        requireValue("compare", compare);
        set = set == null ? Map.of() : set;
        Check.that(!axes.isEmpty(), "axes must have at least one axis", axes);
        axes.forEach((axis, values) -> {
            Check.name("axes", axis);
            Check.that(
                    values != null && !values.isEmpty(),
                    "axes.%s must have at least one value".formatted(axis),
                    values);
            values.forEach((value, keys) -> {
                Check.name("axes." + axis, value);
                Check.that(keys != null, "axes.%s.%s must be a mapping of keys to values".formatted(axis, value), keys);
            });
        });
        Check.that(!seeds.isEmpty(), "seeds must have at least one", seeds);
        Check.that(new LinkedHashSet<>(seeds).size() == seeds.size(), "seeds must differ from each other", seeds);
        Check.that(!compare.isEmpty(), "compare must name at least one axis", compare);
        for (String axis : compare) {
            requireOneOf("compare", axis, axes.keySet());
        }
        if (flatness != null) {
            requireOneOf("flatness", flatness, axes.keySet());
            Check.that(!compare.contains(flatness), "flatness must not be an axis of compare", flatness);
        }
        if (tune != null) {
            tune.requireFits(axes);
        }
    }

    /**
     * What is tuned: every combination of the candidates' values is trained with its own seed and rounds, and judged by the
     * examples that clients hold out of their training. The test split is not evaluated.
     *
     * @param per the axes with a tuning of their own for each combination of their values; the other axes have their first value
     * @param seed of all tuning runs, none of the cells'
     * @param rounds of a tuning run
     * @param validation share of each client's examples that it does not train on
     * @param candidates by key, the values to try
     * @param instead candidates of single values, in place of the above: by axis, value and key
     */
    public record Tune(
            @JsonProperty(required = true) List<String> per,
            @JsonProperty(required = true) long seed,
            @JsonProperty(required = true) int rounds,
            @JsonProperty(required = true) double validation,
            @JsonProperty(required = true) Map<String, List<Object>> candidates,
            Map<String, Map<String, Map<String, List<Object>>>> instead) {

        public Tune {
            requireValue("tune.per", per);
            requireValue("tune.candidates", candidates);
            instead = instead == null ? Map.of() : instead;
            Check.that(rounds >= 1, "tune.rounds must be at least 1", rounds);
            Check.that(validation > 0 && validation < 1, "tune.validation must be above 0 and below 1", validation);
            requireValues("tune.candidates", candidates);
        }

        private void requireFits(Map<String, Map<String, Map<String, Object>>> axes) {
            per.forEach(axis -> requireOneOf("tune.per", axis, axes.keySet()));
            instead.forEach((axis, values) -> {
                requireOneOf("tune.instead", axis, per);
                requireValue("tune.instead." + axis, values);
                values.forEach((value, candidates) -> {
                    String path = "tune.instead.%s.%s".formatted(axis, value);
                    requireOneOf("tune.instead." + axis, value, axes.get(axis).keySet());
                    requireValue(path, candidates);
                    requireValues(path, candidates);
                });
            });
        }

        /** Values become parts of run ids. */
        private static void requireValues(String path, Map<String, List<Object>> candidates) {
            candidates.forEach((key, values) -> {
                Check.that(
                        values != null && !values.isEmpty(),
                        "%s.%s must be a list of values".formatted(path, key),
                        values);
                values.forEach(value -> Check.name("%s.%s".formatted(path, key), String.valueOf(value)));
            });
        }
    }

    private static void requireValue(String key, Object value) {
        if (value == null) {
            throw new InvalidInputException("%s has no value".formatted(key));
        }
    }

    private static void requireOneOf(String key, String given, Collection<String> names) {
        Check.that(
                names.contains(given),
                "%s must be one of %s".formatted(key, names),
                "'%s'%s".formatted(given, DidYouMean.aside(String.valueOf(given), names)));
    }
}
