"""The order's story as a careless change would leave it: it reserves no stock any more."""

from __future__ import annotations

from temporalio import workflow

from workflows.order import OrderWorkflow


@workflow.defn(name="OrderWorkflow")
class Changed(OrderWorkflow):
    @workflow.init
    def __init__(self, *start: object) -> None:
        super().__init__(*start)  # type: ignore[arg-type]  # what any start carries

    @workflow.run
    async def run(self, *_start: object) -> str:
        await workflow.sleep(1)
        return "completed"
