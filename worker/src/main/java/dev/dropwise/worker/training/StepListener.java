package dev.dropwise.worker.training;

/** Watches steps from the training thread: cheap, or training is slow. */
interface StepListener {
    /**
     * A step is done.
     *
     * @param epoch running, from 0
     * @param step just done, in the epoch
     * @param globalStep just done, in the run
     * @param lossSum of this rank's shards since the epoch began
     */
    void stepped(int epoch, int step, long globalStep, double lossSum);
}
