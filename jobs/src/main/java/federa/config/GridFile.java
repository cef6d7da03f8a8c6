package federa.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import federa.engine.PrecisionChoice;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A grid's YAML and the experiments that it stands for. A mistake in a key is told with the place in the grid that set it:
 * {@code grid.yaml, axes.method.lora: unknown key 'method.rnk'}.
 */
public final class GridFile {

    private static final YAMLMapper YAML = Binding.mapper();

    /** Some keys may be left out, which the records see to. */
    private static final ObjectReader READER = YAML.readerFor(Grid.class)
            .without(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    private final String file;
    private final Grid grid;

    private GridFile(String file, Grid grid) {
        this.file = file;
        this.grid = grid;
    }

    /**
     * Parses a file's text, and checks all but the keys of experiments in it.
     *
     * @param file its name, for messages
     * @param environment looks up a variable, null if it is not set
     * @throws InvalidInputException with the path of the key, in one line
     */
    public static GridFile parse(String file, String text, UnaryOperator<String> environment) {
        if (!(ExperimentFile.tree(file, text) instanceof ObjectNode tree)) {
            throw new InvalidInputException(file + " is not a YAML mapping of keys to values");
        }
        Variables.expand(file, tree, "", environment);
        try {
            return new GridFile(file, READER.readValue(tree));
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + ": " + Mistake.explain(YAML, tree, e), e);
        } catch (java.io.IOException e) {
            throw new IllegalStateException("a tree was parsed already", e);
        }
    }

    public Grid grid() {
        return grid;
    }

    /**
     * A run of the grid.
     *
     * @param runId made of the grid's name, the values of the axes and the seed
     * @param values the name of the value of each axis, in the order of the axes
     */
    public record Cell(String runId, Map<String, String> values, long seed, Experiment experiment) {}

    /**
     * Runs of which the best settles keys of cells.
     *
     * @param values of the axes whose cells these are
     * @param candidates at least one
     */
    public record Tuning(Map<String, String> values, List<Candidate> candidates) {}

    /**
     * Keys that may be the best.
     *
     * @param run judges them
     */
    public record Candidate(Map<String, Object> keys, Cell run) {}

    /**
     * What is tuned before the cells can run; nothing if the grid has nothing to tune.
     *
     * @param base the experiment that the grid is based on
     * @throws InvalidInputException if a run of it is not a valid experiment
     */
    public List<Tuning> tunings(ExperimentFile base) {
        if (grid.tune() == null) {
            return List.of();
        }
        List<Tuning> tunings = new ArrayList<>();
        for (Map<String, String> values : combinations(grid.tune().per())) {
            List<Candidate> candidates = new ArrayList<>();
            for (Map<String, Object> keys : product(candidates(values))) {
                candidates.add(new Candidate(keys, candidate(base, values, keys)));
            }
            tunings.add(new Tuning(values, candidates));
        }
        requireDifferentIds(tunings.stream()
                .flatMap(tuning -> tuning.candidates().stream())
                .map(Candidate::run)
                .toList());
        return tunings;
    }

    /**
     * All cells, those of one seed after those of another, so that a grid that is stopped has whole seeds.
     *
     * @param base the experiment that the grid is based on
     * @param tuned the keys that tuning has settled, by its {@link Tuning#values}; cells of a tuning without are left out
     * @throws InvalidInputException if a cell is not a valid experiment
     */
    public List<Cell> cells(ExperimentFile base, Map<Map<String, String>, Map<String, Object>> tuned) {
        List<Cell> cells = new ArrayList<>();
        for (long seed : grid.seeds()) {
            for (Map<String, String> values : combinations(grid.axes().keySet())) {
                Optional<Map<String, Object>> settled = grid.tune() == null
                        ? Optional.of(Map.of())
                        : Optional.ofNullable(tuned.get(only(values, grid.tune().per())));
                settled.ifPresent(keys -> cells.add(cell(base, values, seed, keys)));
            }
        }
        requireDifferentIds(cells);
        return cells;
    }

    /** The values of some of the axes, in the order of all. */
    public static Map<String, String> only(Map<String, String> values, Collection<String> axes) {
        Map<String, String> some = new LinkedHashMap<>(values);
        some.keySet().retainAll(axes);
        return some;
    }

    private Cell cell(ExperimentFile base, Map<String, String> values, long seed, Map<String, Object> tuned) {
        String runId = "%s-%s-s%s".formatted(grid.name(), String.join("-", values.values()), seed);
        List<Layer> layers = layers(values);
        layers.add(new Layer("tune.candidates", tuned));
        layers.add(new Layer("seeds", Map.of("seed", seed)));
        return new Cell(runId, values, seed, bound(base, layers));
    }

    /** Axes without a tuning of their own have their first value. */
    private Cell candidate(ExperimentFile base, Map<String, String> values, Map<String, Object> keys) {
        Grid.Tune tune = grid.tune();
        Map<String, String> all = new LinkedHashMap<>();
        grid.axes()
                .forEach((axis, known) -> all.put(
                        axis,
                        values.getOrDefault(axis, known.keySet().iterator().next())));
        String tried = keys.values().stream().map(String::valueOf).collect(Collectors.joining("-"));
        String runId = values.isEmpty()
                ? "%s-tune-%s".formatted(grid.name(), tried)
                : "%s-tune-%s-%s".formatted(grid.name(), String.join("-", values.values()), tried);
        List<Layer> layers = layers(all);
        layers.add(new Layer("tune.candidates", keys));
        layers.add(new Layer(
                "tune",
                Map.of(
                        "seed",
                        tune.seed(),
                        "federation.rounds",
                        tune.rounds(),
                        "federation.patience",
                        0,
                        "evaluation.every",
                        0,
                        "evaluation.clients-every",
                        0,
                        "evaluation.validation",
                        tune.validation())));
        return new Cell(runId, all, tune.seed(), bound(base, layers));
    }

    /** What a place in the grid sets. */
    private record Layer(String path, Map<String, ?> keys) {}

    private List<Layer> layers(Map<String, String> values) {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Layer("name", Map.of("name", grid.name())));
        layers.add(new Layer("set", grid.set()));
        values.forEach((axis, value) -> layers.add(new Layer(
                "axes.%s.%s".formatted(axis, value), grid.axes().get(axis).get(value))));
        return layers;
    }

    /** The experiment of all layers; a mistake is told of the first layer with which it is there. */
    private Experiment bound(ExperimentFile base, List<Layer> layers) {
        List<ExperimentFile> soFar = new ArrayList<>(List.of(base.withoutBaselines()));
        for (Layer layer : layers) {
            ExperimentFile before = soFar.get(soFar.size() - 1);
            soFar.add(before.layer("%s, %s".formatted(file, layer.path()), layer.keys()));
        }
        ExperimentFile whole = soFar.get(soFar.size() - 1);
        Optional<String> mistake = mistake(whole);
        return mistake.isEmpty()
                ? comparable(whole.bind())
                : soFar.stream()
                        .filter(part -> mistake(part).equals(mistake))
                        .findFirst()
                        .orElseThrow()
                        .bind();
    }

    /** What is settled anew for each run could come out differently for some, and be what makes them differ. */
    private Experiment comparable(Experiment cell) {
        Check.that(
                cell.compute().precision() != PrecisionChoice.AUTO,
                file + ": compute.precision must be the same in all cells, so set it to fp32 or bf16",
                "auto");
        return cell;
    }

    /** What is wrong with an experiment, without the name of the place. */
    private static Optional<String> mistake(ExperimentFile experiment) {
        try {
            experiment.bind();
            return Optional.empty();
        } catch (InvalidInputException e) {
            return Optional.of(e.getMessage().substring(experiment.name().length()));
        }
    }

    private Map<String, List<Object>> candidates(Map<String, String> values) {
        Map<String, List<Object>> candidates = new LinkedHashMap<>(grid.tune().candidates());
        values.forEach((axis, value) -> candidates.putAll(
                grid.tune().instead().getOrDefault(axis, Map.of()).getOrDefault(value, Map.of())));
        return candidates;
    }

    private List<Map<String, String>> combinations(Collection<String> axes) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        grid.axes().forEach((axis, values) -> {
            if (axes.contains(axis)) {
                names.put(axis, List.copyOf(values.keySet()));
            }
        });
        return product(names);
    }

    /** Every choice of one of each; the last varies fastest. */
    private static <T> List<Map<String, T>> product(Map<String, List<T>> choices) {
        List<Map<String, T>> all = List.of(Map.of());
        for (Map.Entry<String, List<T>> choice : choices.entrySet()) {
            List<Map<String, T>> longer = new ArrayList<>();
            for (Map<String, T> before : all) {
                for (T value : choice.getValue()) {
                    Map<String, T> with = new LinkedHashMap<>(before);
                    with.put(choice.getKey(), value);
                    longer.add(with);
                }
            }
            all = longer;
        }
        return all;
    }

    private void requireDifferentIds(List<Cell> runs) {
        Set<String> ids = new LinkedHashSet<>();
        for (Cell run : runs) {
            Check.name("%s: the run id of %s".formatted(file, run.values()), run.runId());
            Check.that(
                    ids.add(run.runId()),
                    "%s: the names of axes' values must make different run ids".formatted(file),
                    "%s twice, of %s too".formatted(run.runId(), run.values()));
        }
    }
}
