export { Broadcast, type BroadcastOptions, type BroadcastStatistics } from "./broadcast.js";
export { Receiver, Sender } from "./channel-ends.js";
export { ChannelBroken, ChannelClosed, ChannelEnded, type ChannelStatistics } from "./channel.js";
export { createChannel, type ChannelOptions } from "./create-channel.js";
export { LifoQueue } from "./lifo-queue.js";
export { SlowSubscriberError, type SubscriptionOptions, type SubscriptionStatistics } from "./mailbox.js";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.js";
export { Queue, QueueShutDown, type QueueOptions, type QueueStatistics } from "./queue.js";
export { Subscription } from "./subscription.js";
