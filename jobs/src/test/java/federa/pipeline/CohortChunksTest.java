package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.Tiny;
import federa.federated.Aggregate;
import federa.federated.ClientUpdate;
import federa.federated.Mean;
import federa.udf.Slices;
import federa.udf.SyntheticUpdate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CohortChunksTest {

    private static final List<Integer> CLIENTS = IntStream.range(0, 7).boxed().toList();
    private static final SortedMap<String, long[]> SHAPES =
            new TreeMap<>(Map.of("a", new long[] {4, 8}, "b", new long[] {3}));
    private static final Slices SLICES = Slices.of(new Mean(), CLIENTS.size());
    private static final long UPDATE = Float.BYTES * (4 * 8 + 3);

    @TempDir
    Path directory;

    private Workspace workspace;

    @BeforeEach
    void openWarehouse() {
        workspace = Tiny.empty(directory);
    }

    @Test
    void asManyChunksAsTheDisksNeedGiveTheBitsOfOne() {
        List<List<Integer>> one = new ArrayList<>();
        List<List<Integer>> four = new ArrayList<>();

        Aggregate atOnce = aggregate(7 * UPDATE, one);
        Aggregate inChunks = aggregate(2 * UPDATE + 1, four);

        assertThat(one).containsExactly(CLIENTS);
        assertThat(four).containsExactly(List.of(0, 1), List.of(2, 3), List.of(4, 5), List.of(6));
        assertThat(inChunks.tensors().sha256()).isEqualTo(atOnce.tensors().sha256());
        assertThat(inChunks.updates()).extracting(ClientUpdate::client).containsExactlyElementsOf(CLIENTS);
    }

    @Test
    void anUpdateThatIsLargerThanTheRoomIsAChunkOfItsOwn() {
        List<List<Integer>> chunks = new ArrayList<>();

        assertThat(aggregate(1, chunks).updates()).hasSize(7);
        assertThat(chunks).hasSize(7).allMatch(chunk -> chunk.size() == 1);
    }

    @Test
    void nothingOfTheChunksIsLeftInTheWarehouse() {
        aggregate(UPDATE, new ArrayList<>());

        assertThat(directory.resolve(".chunks/run/1")).doesNotExist();
    }

    @Test
    void whatAKilledAttemptLeftIsRemovedByTheNextOne() throws Exception {
        Path left = directory.resolve(".chunks/run/1/before-32/part-00000");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "half a chunk");

        CohortChunks.ofAttempt(workspace, "run", 2);

        assertThat(left).doesNotExist();
    }

    @Test
    void theSizeOfAChunkIsReadByItsFormerNameToo() {
        SparkConf former = new SparkConf(false).set("spark.federa.wave.size", "3m");

        assertThat(CohortChunks.configured(former)).isEqualTo(3L << 20);
        assertThat(CohortChunks.configured(former.clone().set(CohortChunks.SIZE, "2m"))).isEqualTo(2L << 20);
        assertThat(CohortChunks.configured(new SparkConf(false))).isEqualTo(16L << 30);
    }

    private Aggregate aggregate(long bytesPerExecutor, List<List<Integer>> chunks) {
        org.apache.hadoop.fs.Path kept =
                new org.apache.hadoop.fs.Path(workspace.warehouse().cohortChunks("run"), "1");
        return new CohortChunks(workspace, kept, bytesPerExecutor).aggregate(CLIENTS, SHAPES, SLICES, chunk -> {
            chunks.add(List.copyOf(chunk));
            return workspace.context().parallelize(chunk, chunk.size()).flatMapToPair(new SyntheticUpdate(SLICES, SHAPES));
        });
    }
}
