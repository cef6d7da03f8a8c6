package federa.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;

/** A client's work in one round. */
public interface TrainingParams<E> extends HasParams<E> {

    /** Passes over a client's examples. */
    default IntParam epochs() {
        return whole("epochs");
    }

    default E setEpochs(int value) {
        return with(epochs(), value);
    }

    /** Examples per step. */
    default IntParam batchSize() {
        return whole("batchSize");
    }

    default E setBatchSize(int value) {
        return with(batchSize(), value);
    }

    /** Highest learning rate of a round. */
    default DoubleParam learningRate() {
        return number("learningRate");
    }

    default E setLearningRate(double value) {
        return with(learningRate(), value);
    }

    /** Share of the steps in which the rate rises, 0 to 1. */
    default DoubleParam warmUp() {
        return number("warmUp");
    }

    default E setWarmUp(double value) {
        return with(warmUp(), value);
    }

    /** Largest norm of all gradients together, 0 for no clipping. */
    default DoubleParam clipNorm() {
        return number("clipNorm");
    }

    default E setClipNorm(double value) {
        return with(clipNorm(), value);
    }

    /** mu of FedProx, 0 for plain FedAvg. */
    default DoubleParam proximal() {
        return number("proximal");
    }

    default E setProximal(double value) {
        return with(proximal(), value);
    }

    /** Decay of everything that trains. */
    default DoubleParam weightDecay() {
        return number("weightDecay");
    }

    default E setWeightDecay(double value) {
        return with(weightDecay(), value);
    }
}
