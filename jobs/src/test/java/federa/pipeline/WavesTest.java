package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.Tiny;
import federa.tensor.TensorMap;
import federa.udf.ClientReport;
import federa.udf.FoldUpdates.Folded;
import federa.udf.SyntheticUpdate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavesTest {

    private static final List<Integer> CLIENTS = IntStream.range(0, 7).boxed().toList();
    private static final SortedMap<String, long[]> SHAPES =
            new TreeMap<>(Map.of("a", new long[] {4, 8}, "b", new long[] {3}));
    private static final long UPDATE = Float.BYTES * (4 * 8 + 3);

    @TempDir
    Path directory;

    private Workspace workspace;

    @BeforeEach
    void openWarehouse() {
        workspace = Tiny.empty(directory);
    }

    @Test
    void asManyWavesAsTheDisksNeedGiveTheBitsOfOne() {
        List<List<Integer>> one = new ArrayList<>();
        List<List<Integer>> four = new ArrayList<>();

        Folded atOnce = fold(7 * UPDATE, one);
        Folded inWaves = fold(2 * UPDATE + 1, four);

        assertThat(one).containsExactly(CLIENTS);
        assertThat(four).containsExactly(List.of(0, 1), List.of(2, 3), List.of(4, 5), List.of(6));
        assertThat(new TensorMap(inWaves.means()).sha256()).isEqualTo(new TensorMap(atOnce.means()).sha256());
        assertThat(inWaves.reports()).extracting(ClientReport::client).containsExactlyElementsOf(CLIENTS);
    }

    @Test
    void anUpdateThatIsLargerThanTheRoomIsAWaveOfItsOwn() {
        List<List<Integer>> waves = new ArrayList<>();

        assertThat(fold(1, waves).reports()).hasSize(7);
        assertThat(waves).hasSize(7).allMatch(wave -> wave.size() == 1);
    }

    @Test
    void nothingOfTheWavesIsLeftInTheWarehouse() {
        fold(UPDATE, new ArrayList<>());

        assertThat(directory.resolve(".waves/run/1")).doesNotExist();
    }

    @Test
    void whatAKilledAttemptLeftIsRemovedByTheNextOne() throws Exception {
        Path left = directory.resolve(".waves/run/1/before-32/part-00000");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "half a wave");

        Waves.ofAttempt(workspace, "run", 2);

        assertThat(left).doesNotExist();
    }

    private Folded fold(long bytesPerExecutor, List<List<Integer>> waves) {
        org.apache.hadoop.fs.Path kept =
                new org.apache.hadoop.fs.Path(workspace.warehouse().waves("run"), "1");
        return new Waves(workspace, kept, bytesPerExecutor).fold(CLIENTS, SHAPES.values(), wave -> {
            waves.add(List.copyOf(wave));
            return workspace.context().parallelize(wave, wave.size()).flatMapToPair(new SyntheticUpdate(SHAPES));
        });
    }
}
