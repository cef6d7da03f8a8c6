package federa.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import federa.engine.DeviceChoice;
import federa.engine.Precision;
import federa.federated.Aggregator;
import federa.federated.FedAdagrad;
import federa.federated.FedAdam;
import federa.federated.FedAvg;
import federa.federated.FedAvgM;
import federa.federated.FedSvd;
import federa.federated.FedYogi;
import federa.federated.FfaLora;
import federa.federated.FrLora;
import federa.federated.Mean;
import federa.federated.RoLora;
import federa.federated.Strategy;
import federa.federated.Weighting;
import federa.partition.ClassDirichlet;
import federa.partition.ClusterDirichlet;
import federa.partition.Convention;
import federa.partition.Division;
import federa.partition.Iid;
import federa.partition.LabelDirichlet;
import federa.partition.NaturalKey;
import federa.partition.QuantitySkew;
import federa.partition.Representation;
import federa.partition.Resident;
import federa.peft.Activation;
import federa.peft.BitFit;
import federa.peft.Federa;
import federa.peft.FullFineTuning;
import federa.peft.Houlsby;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Pfeiffer;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.prepare.AgNews;
import federa.prepare.Columns;
import federa.prepare.Conll;
import federa.prepare.Corpus;
import federa.prepare.Given;
import federa.prepare.Kind;
import federa.prepare.Mrqa;
import federa.prepare.Ploner;
import federa.prepare.PolicyQa;
import federa.prepare.SemEval2010Task8;
import federa.prepare.Source;
import federa.prepare.Squad;
import federa.prepare.SquadForm;
import federa.prepare.Sst2;
import federa.prepare.TagScheme;
import federa.prepare.Topics;
import federa.prepare.TwentyNewsgroups;
import federa.prepare.Wnut2017;
import federa.task.EntityRecognition;
import federa.task.MaskedLanguageModel;
import federa.task.QuestionAnswering;
import federa.task.Task;
import federa.task.TextClassification;
import federa.train.FedProx;
import federa.train.LocalAlgorithm;
import federa.train.OptimizerConfig;
import federa.train.Plain;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How YAML becomes records: kebab-case keys, and the names of all choices. The records themselves know nothing of it. */
final class Binding {

    private static final YAMLMapper MAPPER = mapper();

    private Binding() {}

    static YAMLMapper mapper() {
        SimpleModule names = new SimpleModule();
        KebabEnum.register(names, Weighting.class);
        KebabEnum.register(names, Convention.class);
        KebabEnum.register(names, Representation.class);
        KebabEnum.register(names, Activation.class);
        KebabEnum.register(names, Pfeiffer.Placement.class);
        KebabEnum.register(names, Scaling.class);
        KebabEnum.register(names, DeviceChoice.class);
        KebabEnum.register(names, Precision.class);
        KebabEnum.register(names, TagScheme.class);
        KebabEnum.register(names, Kind.class);
        return YAMLMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .addModule(names)
                .addMixIn(Source.class, Sources.class)
                .addMixIn(Task.class, Tasks.class)
                .addMixIn(Division.class, Divisions.class)
                .addMixIn(Method.class, Methods.class)
                .addMixIn(OptimizerConfig.class, Optimizers.class)
                .addMixIn(LocalAlgorithm.class, LocalAlgorithms.class)
                .addMixIn(Aggregator.class, Aggregators.class)
                .addMixIn(Strategy.class, Strategies.class)
                .addMixIn(Targets.class, TargetList.class)
                .build();
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "format")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "topics", value = Topics.class),
        @JsonSubTypes.Type(name = "20newsgroups", value = TwentyNewsgroups.class),
        @JsonSubTypes.Type(name = "ag-news", value = AgNews.class),
        @JsonSubTypes.Type(name = "sst2", value = Sst2.class),
        @JsonSubTypes.Type(name = "semeval2010-task8", value = SemEval2010Task8.class),
        @JsonSubTypes.Type(name = "columns", value = Columns.class),
        @JsonSubTypes.Type(name = "wnut2017", value = Wnut2017.class),
        @JsonSubTypes.Type(name = "ploner", value = Ploner.class),
        @JsonSubTypes.Type(name = "conll", value = Conll.class),
        @JsonSubTypes.Type(name = "squad-v1.1", value = Squad.class),
        @JsonSubTypes.Type(name = "policyqa", value = PolicyQa.class),
        @JsonSubTypes.Type(name = "squad-form", value = SquadForm.class),
        @JsonSubTypes.Type(name = "mrqa", value = Mrqa.class),
        @JsonSubTypes.Type(name = "corpus", value = Corpus.class),
        @JsonSubTypes.Type(name = "given", value = Given.class)
    })
    private interface Sources {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "classification", value = TextClassification.class),
        @JsonSubTypes.Type(name = "ner", value = EntityRecognition.class),
        @JsonSubTypes.Type(name = "qa", value = QuestionAnswering.class),
        @JsonSubTypes.Type(name = "mlm", value = MaskedLanguageModel.class)
    })
    private interface Tasks {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "label-dirichlet", value = LabelDirichlet.class),
        @JsonSubTypes.Type(name = "cluster-dirichlet", value = ClusterDirichlet.class),
        @JsonSubTypes.Type(name = "class-dirichlet", value = ClassDirichlet.class),
        @JsonSubTypes.Type(name = "quantity-skew", value = QuantitySkew.class),
        @JsonSubTypes.Type(name = "iid", value = Iid.class),
        @JsonSubTypes.Type(name = "natural-key", value = NaturalKey.class),
        @JsonSubTypes.Type(name = "resident", value = Resident.class)
    })
    private interface Divisions {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "full", value = FullFineTuning.class),
        @JsonSubTypes.Type(name = "bitfit", value = BitFit.class),
        @JsonSubTypes.Type(name = "houlsby", value = Houlsby.class),
        @JsonSubTypes.Type(name = "pfeiffer", value = Pfeiffer.class),
        @JsonSubTypes.Type(name = "lora", value = Lora.class),
        @JsonSubTypes.Type(name = "federa", value = Federa.class)
    })
    private interface Methods {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "adamw", value = OptimizerConfig.AdamW.class),
        @JsonSubTypes.Type(name = "sgd", value = OptimizerConfig.Sgd.class)
    })
    private interface Optimizers {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "plain", value = Plain.class),
        @JsonSubTypes.Type(name = "fedprox", value = FedProx.class)
    })
    private interface LocalAlgorithms {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(name = "mean", value = Mean.class)})
    private interface Aggregators {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(name = "fedavg", value = FedAvg.class),
        @JsonSubTypes.Type(name = "fedavgm", value = FedAvgM.class),
        @JsonSubTypes.Type(name = "fedadagrad", value = FedAdagrad.class),
        @JsonSubTypes.Type(name = "fedadam", value = FedAdam.class),
        @JsonSubTypes.Type(name = "fedyogi", value = FedYogi.class),
        @JsonSubTypes.Type(name = "frlora", value = FrLora.class),
        @JsonSubTypes.Type(name = "rolora", value = RoLora.class),
        @JsonSubTypes.Type(name = "ffa-lora", value = FfaLora.class),
        @JsonSubTypes.Type(name = "fedsvd", value = FedSvd.class)
    })
    private interface Strategies {}

    /** What is chosen by this kind, if there is such a choice. */
    static Optional<Class<?>> type(Class<?> category, String kind) {
        JsonSubTypes choices = MAPPER.getDeserializationConfig()
                .findMixInClassFor(category)
                .getAnnotation(JsonSubTypes.class);
        return Arrays.stream(choices.value())
                .filter(choice -> choice.name().equals(kind))
                .<Class<?>>map(JsonSubTypes.Type::value)
                .findFirst();
    }

    /** Targets are written as the list they hold. */
    private abstract static class TargetList {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        @SuppressWarnings("unused") // stands for the record's constructor
        TargetList(List<String> entries) {}

        @JsonValue
        abstract List<String> entries();
    }
}
