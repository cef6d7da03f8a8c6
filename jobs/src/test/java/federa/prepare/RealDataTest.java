package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The data sets as published, which are not part of the project: run with
 * {@code -Dshared.data.dir=DIR}, or with a folder {@code shared/data} beside the repository; skipped otherwise.
 */
class RealDataTest {

    @Test
    void twentyNewsgroupsHasThePublishedCounts() {
        assertPublished(new TwentyNewsgroups(file("20newsgroups/20news-bydate.tar.gz")));
    }

    @Test
    void semEvalHasThePublishedCounts() {
        assertPublished(new SemEval2010Task8(
                file("semeval2010-task8/TRAIN_FILE.TXT"), file("semeval2010-task8/TEST_FILE_FULL.TXT")));
    }

    @Test
    void sst2HasThePublishedCounts() {
        assertPublished(new Sst2(file("sst2/train.tsv.gz"), file("sst2/dev.tsv")));
    }

    @Test
    void agNewsHasTheRowsOfItsSubset() {
        AgNews source = new AgNews(file("ag_news/train-subset.alps-dev.tsv.gz"), file("ag_news/test.csv.gz"));

        try (Prepared prepared = Fixture.prepare(source)) {
            print(source, prepared);
            assertThat(prepared.counts().rows("train")).isEqualTo(10_001);
            assertThat(prepared.counts().rows("test")).isEqualTo(7_600);
            assertThat(prepared.counts().byLabel().get("test").values()).containsOnly(1_900L);
            assertThat(source.published().orElseThrow().differences(prepared.counts()))
                    .containsExactly("found 10,001 train rows, the published data set has 120,000");
        }
    }

    @Test
    void wnutHasThePublishedCounts() {
        assertPublished(new Wnut2017(file("wnut17/wnut17train.conll"), file("wnut17/emerging.test.annotated")));
    }

    @Test
    void plonerHasTheCountsOfFedNlp() {
        assertPublished(new Ploner(file("ploner"), List.of()));
    }

    @Test
    void squadHasTheQuestionsOfItsSubset() {
        assertQuestions(
                new Squad(file("squad-v1.1/train-v1.1.subset.json.gz"), file("squad-v1.1/dev-v1.1.subset.json.gz")),
                4_370,
                3_762);
    }

    @Test
    void theImpossibleQuestionsOfSquad2AreSkipped() {
        SquadForm source =
                new SquadForm(file("squad-v1.1/dev-v2.0.cs224n-half.json.gz"), file("squad-v1.1/xquad.en.json.gz"));
        Counts counts = assertQuestions(source, 2_910, 1_190);
        assertThat(counts.skipped().values()).containsExactly(3_168L);
    }

    @Test
    void policyQaHasThePublishedTestQuestions() {
        assertQuestions(new PolicyQa(file("policyqa/dev.json.gz"), file("policyqa/test.json.gz")), 3_809, 4_152);
    }

    @Test
    void partsOfMrqaHaveTheirQuestions(@TempDir Path folder) {
        String one = Fixture.write(
                folder.resolve("One.jsonl"),
                """
                {"context": "One", "qas": [{"qid": "1", "question": "?", "detected_answers": [{"text": "One", "char_spans": [[0, 2]]}]}]}
                """);
        assertQuestions(new Mrqa(file("mrqa-2019/NewsQA_sample.jsonl.gz"), one, 0, 0), 17, 1);
        for (String name : List.of("duorc", "race", "relation_extraction")) {
            assertQuestions(
                    new SquadForm(
                            file("mrqa-2019/robustqa-oodomain-train-%s.json.gz".formatted(name)),
                            file("mrqa-2019/robustqa-oodomain-val-%s.json.gz".formatted(name))),
                    127,
                    name.equals("duorc") ? 126 : 128);
        }
    }

    @Test
    void aCorpusHasItsParagraphs() {
        Corpus source = new Corpus(
                file("text-corpus/wikitext-2-valid.txt.gz"), file("text-corpus/wikitext-2-test.txt.gz"), 100);
        try (Prepared prepared = Fixture.prepare(source)) {
            print(source, prepared);
            assertThat(prepared.counts().malformed()).isZero();
        }
    }

    private static Counts assertQuestions(Source source, long train, long test) {
        try (Prepared prepared = Fixture.prepare(source)) {
            print(source, prepared);
            assertThat(prepared.counts().rows("train")).isEqualTo(train);
            assertThat(prepared.counts().rows("test")).isEqualTo(test);
            assertThat(prepared.counts().malformed()).isZero();
            prepared.rows().collectAsList().forEach(QuestionFormatsTest::assertAnswersAreInTheirPlaces);
            return prepared.counts();
        }
    }

    private static void assertPublished(Source source) {
        try (Prepared prepared = Fixture.prepare(source)) {
            print(source, prepared);
            assertThat(source.published().orElseThrow().differences(prepared.counts()))
                    .isEmpty();
            assertThat(prepared.counts().malformed()).isZero();
            assertThat(prepared.rows()
                            .agg(functions.countDistinct("id"))
                            .first()
                            .getLong(0))
                    .isEqualTo(prepared.counts().rows());
        }
    }

    private static void print(Source source, Prepared prepared) {
        Counts counts = prepared.counts();
        System.out.printf(
                "real data %s: train=%d test=%d labels=%d malformed=%d%n",
                source.name(),
                counts.rows("train"),
                counts.rows("test"),
                counts.classes().size(),
                counts.malformed());
        System.out.println(prepared.rows().first());
    }

    private static String file(String name) {
        Path data = Path.of(
                Optional.ofNullable(System.getProperty("shared.data.dir")).orElse("../../shared/data"));
        assumeTrue(Files.exists(data.resolve(name)), () -> data.resolve(name) + " is not there");
        return data.resolve(name).toString();
    }
}
