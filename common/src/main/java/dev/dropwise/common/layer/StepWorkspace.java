package dev.dropwise.common.layer;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;

/**
 * Memory for one forward and backward pass: a single workspace for everything but the insides of recurrent loops, which
 * is reused from step to step. A fresh array of a few hundred kilobytes would cost more than the layer that fills it.
 */
final class StepWorkspace {
    private static final String STEP = "DROPWISE_STEP";
    private static final String LOOP = "DROPWISE_STEP_LOOP";
    private static final WorkspaceConfiguration GROWING = WorkspaceConfiguration.builder()
            .initialSize(0)
            .overallocationLimit(0.05)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .build();

    private StepWorkspace() {}

    /** A manager whose workspaces belong to the thread that uses it and serve all networks on that thread in turn. */
    static LayerWorkspaceMgr manager() {
        return LayerWorkspaceMgr.builder()
                .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, LOOP, GROWING)
                .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, LOOP, GROWING)
                .defaultWorkspace(STEP, GROWING)
                .build();
    }
}
