package federa.pipeline;

import federa.config.Experiment;
import federa.encoder.ModelRef;
import federa.spi.InvalidInputException;
import federa.udf.LoadedModel;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The base models that experiments name. */
public final class Models {

    private static final Logger LOG = LoggerFactory.getLogger(Models.class);

    private final Workspace workspace;

    public Models(Workspace workspace) {
        this.workspace = workspace;
    }

    /** The experiment's model, imported from its source if the store does not have it. */
    public ModelRef importIfMissing(Experiment.Model model) {
        return workspace.models().find(model.name()).orElseGet(() -> {
            if (model.source().equals(Experiment.Model.NONE)) {
                throw new InvalidInputException(
                        "the warehouse %s has no model %s, and model.source does not say where to import it from; set it to a Hugging Face directory"
                                .formatted(workspace.warehouse(), model.name()));
            }
            ModelRef imported = workspace.models().importModel(model.name(), model.source());
            LOG.info("imported model {} from {} (SHA-256 {})", model.name(), model.source(), imported.sha256());
            return imported;
        });
    }

    /**
     * A model by its name in the store, or else a Hugging Face directory, imported under its last name.
     *
     * @throws InvalidInputException if it is neither, or the store has another model of that name
     */
    public ModelRef resolve(String nameOrSource) {
        String name = new Path(nameOrSource).getName();
        return name.equals(nameOrSource)
                ? workspace.models().find(name).orElseGet(() -> workspace
                        .models()
                        .importModel(name, nameOrSource))
                : workspace.models().importModel(name, nameOrSource);
    }

    /** The {@code model_type} of a model that the store has. */
    public String modelType(ModelRef model) {
        return LoadedModel.config(model, workspace.hadoop()).family().modelType();
    }

    /**
     * The experiment's model.
     *
     * @throws InvalidInputException if the store does not have it
     */
    ModelRef require(Experiment.Model model) {
        return workspace
                .models()
                .find(model.name())
                .orElseThrow(() ->
                        new InvalidInputException("the warehouse %s has no model %s; run the import-model job first"
                                .formatted(workspace.warehouse(), model.name())));
    }
}
