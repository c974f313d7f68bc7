# web/ - May include: lib/ rrd/ usage/ alerts/ web/.
